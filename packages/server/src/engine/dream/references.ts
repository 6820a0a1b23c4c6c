/** What actions name: memories in the version that was read. */
import type { MemoryRef } from '../../domain/dream.ts';
import type { DreamMemory } from './strategy.ts';

export const refOf = ({ id, version }: DreamMemory): MemoryRef => ({ id, version });

/** Facts that an earlier dream made, of the strategy that writes `about` beside them. */
export function aboutOf({ type, metadata }: DreamMemory): string | undefined {
  return type === 'fact' && typeof metadata.about === 'string' ? metadata.about : undefined;
}
