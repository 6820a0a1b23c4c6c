/** The mark of a store as flat text, the only form that every database keeps beside collections. */

import { fieldOf } from './read-answer.ts';
import type { StoreMark } from './vector-service.ts';

const generationName = /^reverie_generation_(\d+)$/;

/** Names and values as they are kept. */
export function markFields(mark: StoreMark): Record<string, string> {
  const fields: Record<string, string> = {
    reverie_store: mark.store,
    reverie_made_as: mark.madeAs,
  };
  for (const each of mark.generations) Object.assign(fields, generationField(...each));
  return fields;
}

export const turnField = (turn: string): Record<string, string> => ({ reverie_turn: turn });

/** Without a dimension it is none. */
export function generationField(
  generation: number,
  dimension: number | '',
): Record<string, string> {
  return { [`reverie_generation_${generation}`]: String(dimension) };
}

/** Undefined for what is no mark. */
export function readMarkFields(fields: unknown): StoreMark | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const store = fieldOf(fields, 'reverie_store');
  const madeAs = fieldOf(fields, 'reverie_made_as');
  if (typeof store !== 'string' || typeof madeAs !== 'string') return undefined;
  const generations = new Map<number, number>();
  for (const [name, value] of Object.entries(fields)) {
    const [, generation] = generationName.exec(name) ?? [];
    if (generation !== undefined && value !== '')
      generations.set(Number(generation), Number(value));
  }
  const turn = fieldOf(fields, 'reverie_turn');
  return { store, madeAs, ...(typeof turn === 'string' && { turn }), generations };
}
