/** Turns a question of LongMemEval's own files into a group of the common format. */
import { field, listField, textField } from '../lib/json.ts';

/**
 * One element of the file: a question with a corpus of its own. Turns marked has_answer are the
 * gold, answer_session_ids are the gold sessions, and a question whose id ends in `_abs` has no
 * answer.
 */
export function fromLongMemEval(question: unknown, position: number): unknown {
  const id = textField(question, 'question_id') ?? `question-${position + 1}`;
  const ids = listField(question, 'haystack_session_ids');
  const dates = listField(question, 'haystack_dates');
  const sessions = listField(question, 'haystack_sessions');
  const turns = sessions.flatMap((session, index) =>
    (Array.isArray(session) ? session : []).map((turn: unknown, place) => {
      const parent = String(ids[index] ?? `session-${index + 1}`);
      return {
        id: `${parent}#${place}`,
        parent,
        speaker: textField(turn, 'role'),
        date: dates[index],
        text: textField(turn, 'content') ?? '',
        isGold: field(turn, 'has_answer') === true,
      };
    }),
  );
  const query = {
    id,
    text: textField(question, 'question'),
    category: textField(question, 'question_type'),
    gold: turns.filter((turn) => turn.isGold).map((turn) => turn.id),
    goldParents: listField(question, 'answer_session_ids'),
    unanswerable: id.endsWith('_abs'),
  };
  return { group: id, docs: turns, queries: [query] };
}
