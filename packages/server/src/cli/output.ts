/** How answers look on a terminal: short lines without anything that a terminal would obey. */
import type { Memory, QueryTime } from '@reverie/sdk';

/** A stored text may hold escape sequences; a terminal must never see them. */
export function plain(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Bidi_Control}]+/gu, ' ').trim();
}

/** Cuts at whole characters, with an ellipsis where something is missing. */
export function shorten(text: string, charsMax: number): string {
  const flat = plain(text.slice(0, charsMax * 4));
  const characters = [...flat];
  if (characters.length <= charsMax && text.length <= charsMax * 4) return flat;
  return `${characters.slice(0, charsMax - 1).join('')}…`;
}

/** One memory on two lines: what it says, and where it stands. */
export function memoryLines(memory: Memory, score?: number): string {
  const about = [
    memory.occurredAt.slice(0, 10),
    memory.kind,
    memory.key === null ? undefined : `key ${shorten(memory.key, 40)}`,
    memory.tags.length === 0 ? undefined : memory.tags.map((tag) => `#${plain(tag)}`).join(' '),
    memory.archived ? 'archived' : undefined,
    memory.id,
  ];
  const first = score === undefined ? '' : `${score.toFixed(2)}  `;
  const indent = ' '.repeat(first.length);
  const second = about.filter((part) => part !== undefined).join('  ');
  return `${first}${shorten(memory.content, 160)}\n${indent}${second}\n`;
}

/** How a time in the question was read; empty when it names none. */
export function timeLine(time: QueryTime | undefined): string {
  if (time === undefined) return '';
  const [from, to] = [time.from, time.to].map((at) => plain(at).replace(/T00:00:00(\.0+)?Z$/, ''));
  const use = time.used === 'filter' ? 'only' : 'preferred';
  return `"${shorten(time.text, 60)}": from ${from} until ${to}, ${use}\n`;
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What was found in a memory, for standard error; nothing where nothing was. */
export function flagLines({ flags }: Pick<Memory, 'flags'>): string {
  return flags
    .map(({ kind, type, field, action }) => `${action}: ${type} (${kind}) in ${plain(field)}\n`)
    .join('');
}
