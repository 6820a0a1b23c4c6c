/** The exact field terms of a memory: what filters look up in the index. */
import type { MemoryBody } from '../domain/memory.ts';

export const fieldTerm = {
  tag: (tag: string) => `tag:${tag}`,
  type: (type: string) => `type:${type}`,
  speaker: (speaker: string) => `speaker:${speaker}`,
} as const;

export function fieldTerms(body: MemoryBody): string[] {
  const terms = body.tags.map(fieldTerm.tag);
  if (body.type !== undefined) terms.push(fieldTerm.type(body.type));
  if (body.speaker !== undefined) terms.push(fieldTerm.speaker(body.speaker));
  return terms;
}
