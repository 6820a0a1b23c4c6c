/** Reading a text of role-labelled lines as the turns of a dialogue. */
import { type Role, roleOf } from './role-labels.ts';

export interface Turn {
  readonly role: Role;
  /** As written, without its colon; empty for lines before the first label. */
  readonly label: string;
  /** What was said, trimmed, without the label. */
  readonly text: string;
  /** UTF-16 offsets of the whole turn, its label included. */
  readonly start: number;
  readonly end: number;
}

interface Opening {
  readonly role: Role;
  readonly label: string;
  /** Where the line begins, and where what was said begins. */
  readonly start: number;
  readonly said: number;
}

/** Units in which a label with its colon must end. */
const labelCharsMax = 48;
const labelled = /^[\s*_#>•-]{0,8}([\p{L}\p{N}][^:：*_\n]{0,30}?)\s{0,2}[*_]{0,3}[:：][*_]{0,3}/u;

function readOpening(value: string, start: number): Opening | undefined {
  const found = labelled.exec(value.slice(start, start + labelCharsMax));
  const label = found?.[1];
  if (found === null || label === undefined) return undefined;
  const role = roleOf(label);
  return role === undefined ? undefined : { role, label, start, said: start + found[0].length };
}

function findOpenings(value: string): Opening[] {
  const openings: Opening[] = [];
  for (let start = 0; start < value.length; ) {
    const opening = readOpening(value, start);
    if (opening !== undefined) openings.push(opening);
    const next = value.indexOf('\n', opening?.said ?? start);
    if (next < 0) break;
    start = next + 1;
  }
  return openings;
}

/**
 * The turns of a dialogue, or undefined where the text is none: it takes at least two labelled
 * lines of two roles. Lines without a label belong to the turn before them.
 *
 * @example parseTranscript('User: hi\nAI: hello')?.map(({ role }) => role) // user, assistant
 */
export function parseTranscript(value: string): Turn[] | undefined {
  const openings = findOpenings(value);
  const first = openings[0];
  if (first === undefined || new Set(openings.map((opening) => opening.role)).size < 2) {
    return undefined;
  }
  const turns: Turn[] = [];
  const preamble = value.slice(0, first.start).trim();
  if (preamble !== '') {
    turns.push({ role: 'other', label: '', text: preamble, start: 0, end: first.start });
  }
  for (const [position, { role, label, start, said }] of openings.entries()) {
    const end = openings[position + 1]?.start ?? value.length;
    turns.push({ role, label, text: value.slice(said, end).trim(), start, end });
  }
  return turns;
}
