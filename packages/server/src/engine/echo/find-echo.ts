/** Whether a text only repeats what was handed out: whole sentences, word for word. Pure. */
import type { MemoryId } from '../../domain/memory.ts';
import { roleOf } from '../../text/role-labels.ts';
import { denies, saidBy } from '../../text/same-words.ts';

/** What was said before: a memory that was handed out, or (id null) a question. */
export interface Said {
  readonly id: MemoryId | null;
  /** Sentences as their words, joined by spaces. */
  readonly sentences: ReadonlySet<string>;
}

/** Share of the words that must be repeated; the rest is "as you told me" and its kin. */
const repeatedMin = 0.8;
/** With fewer words ("Yes, of course.") people say the same by themselves. */
const wordsMin = 4;

/** The words of each sentence, without the labels and numbers that a prompt puts before it. */
export function sentencesOf(text: string): string[][] {
  return text
    .split(/(?<=[。！？｡])|(?<=[.!?…]["'”’)]?)\s+|\n+/u)
    .map((sentence) => [...saidBy(bare(sentence))])
    .filter((words) => words.length > 0);
}

/** The memory of which the most is repeated; undefined where the text says something of its own. */
export function findEcho(text: string, said: readonly Said[]): MemoryId | undefined {
  const own: string[] = [];
  const repeated = new Map<MemoryId, number>();
  let words = 0;
  let common = 0;
  for (const sentence of sentencesOf(text)) {
    words += sentence.length;
    const joined = sentence.join(' ');
    const sources = said.filter(({ sentences }) => sentences.has(joined));
    if (sources.length === 0 || sources.some(({ id }) => id === null)) {
      own.push(...sentence);
      continue;
    }
    common += sentence.length;
    for (const { id } of sources) {
      if (id !== null) repeated.set(id, (repeated.get(id) ?? 0) + sentence.length);
    }
  }
  if (common < wordsMin || common < repeatedMin * words || denies(own)) return undefined;
  return [...repeated].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/** "[3] (2026-05-01) Assistant: I live in Porto." says "I live in Porto." */
function bare(sentence: string): string {
  const text = sentence.replace(/^[\s>*•-]*(?:\[\d+\]\s*)?(?:\([^)]{1,40}\)\s*)?/u, '');
  const label = /^([^:：]{1,32})[:：]\s*/u.exec(text);
  return label?.[1] !== undefined && roleOf(label[1]) ? text.slice(label[0].length) : text;
}
