/** Turns a conversation of LoCoMo's own file (locomo10.json) into a group of the common format. */
import { field, listField, textField } from '../lib/json.ts';

/** One element of the file: sessions of turns, and questions that name turns as evidence. */
export function fromLocomo(sample: unknown, position: number): unknown {
  const conversation = field(sample, 'conversation');
  const group = textField(sample, 'sample_id') ?? `conversation-${position + 1}`;
  return {
    group,
    docs: sessionNumbers(conversation).flatMap((number) => turnsOf(conversation, number)),
    queries: listField(sample, 'qa').map((query, index) => ({
      id: `${group}_q${index}`,
      text: textField(query, 'question'),
      category: textField(query, 'category'),
      gold: listField(query, 'evidence').flatMap((evidence) => turnIds(String(evidence))),
    })),
  };
}

/** Ids in one evidence string: "D1:3; D1:5", "D:11:26" and "D30:05" all occur in the file. */
export function turnIds(evidence: string): string[] {
  return [...evidence.matchAll(/D:?(\d+):(\d+)/g)].map(
    ([, session, turn]) => `D${Number(session)}:${Number(turn)}`,
  );
}

/** Sessions that are there, in order; the file also dates sessions that it does not hold. */
function sessionNumbers(conversation: unknown): number[] {
  const names = Object.keys(typeof conversation === 'object' ? (conversation ?? {}) : {});
  return names
    .flatMap((name) => /^session_(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function turnsOf(conversation: unknown, number: number): unknown[] {
  const date = textField(conversation, `session_${number}_date_time`);
  return listField(conversation, `session_${number}`).map((turn) => ({
    id: textField(turn, 'dia_id'),
    parent: `session_${number}`,
    speaker: textField(turn, 'speaker'),
    date,
    text: textField(turn, 'text') ?? '',
    caption: textField(turn, 'blip_caption'),
  }));
}
