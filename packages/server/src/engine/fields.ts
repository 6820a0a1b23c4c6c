/** The exact field terms of a memory: what filters look up in the index. */
import type { MemoryBody } from '../domain/memory.ts';
import type { Attributes, MemoryAnalysis } from '../index/types.ts';

/** Words of a speaker's name under which a turn is found. */
const speakerNamesMax = 6;

export const fieldTerm = {
  tag: (tag: string) => `tag:${tag}`,
  type: (type: string) => `type:${type}`,
  speaker: (speaker: string) => `speaker:${speaker}`,
  /** By any of the speaker's names: how a question may call them. */
  said: (name: string) => `said:${name}`,
} as const;

export function fieldTerms(body: MemoryBody): string[] {
  const terms = body.tags.map(fieldTerm.tag);
  if (body.type !== undefined) terms.push(fieldTerm.type(body.type));
  if (body.speaker !== undefined) {
    terms.push(fieldTerm.speaker(body.speaker), ...[...namesOf(body.speaker)].map(fieldTerm.said));
  }
  return terms;
}

/** What the filter language reads; nothing is kept of a memory that has none of it. */
export function attributesOf(body: MemoryBody): Pick<MemoryAnalysis, 'attributes'> {
  const { key, type, speaker, tags, metadata } = body;
  const attributes: Attributes = {
    ...(key !== undefined && { key }),
    ...(type !== undefined && { type }),
    ...(speaker !== undefined && { speaker }),
    ...(tags.length > 0 && { tags }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
  return Object.keys(attributes).length > 0 ? { attributes } : {};
}

/** "Ann Smith" is called that, "Ann", or "Smith". */
function namesOf(speaker: string): Set<string> {
  const whole = speaker.normalize('NFC').toLowerCase().trim();
  const parts = whole.split(/\s+/u).filter((part) => part.length > 1 && !part.endsWith('.'));
  return new Set([whole, ...parts.slice(0, speakerNamesMax)]);
}
