/**
 * Memories as most prompts show them: one a line, cut, under their ids, which the answers name.
 * `fence-memories.ts` shows whole texts under short labels and brings its own fence, for the words
 * of a summary. A prompt that was sent is never changed, so each stays with its own.
 */
import type { DreamMemory } from './strategy.ts';

/** UTF-16 units of a text that a model gets; what was said is said by then. */
const textCharsMax = 500;

/** One line each: id, date, speaker if known, text. Line breaks and fences are taken apart. */
export function renderMemories(memories: readonly DreamMemory[]): string {
  return memories.map(renderMemory).join('\n');
}

function renderMemory({ id, occurredAt, speaker, text }: DreamMemory): string {
  const date = new Date(occurredAt).toISOString().slice(0, 10);
  const said = speaker === undefined ? '' : `${oneLine(speaker)}: `;
  return `${id} | ${date} | ${said}${oneLine(cut(text))}`;
}

function cut(text: string): string {
  if (text.length <= textCharsMax) return text;
  return `${text.slice(0, textCharsMax).replace(/[\ud800-\udbff]$/u, '')}…`;
}

/** Fences and tags keep their look, and no longer open or close anything. */
function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+|[\u2028\u2029]/gu, ' ')
    .replaceAll('```', "'''")
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .trim();
}
