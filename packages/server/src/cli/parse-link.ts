/** Reads `type=id` from the command line, as often as it is given. */
import type { MemoryLink } from '@reverie/sdk';
import { InvalidArgumentError } from 'commander';

export const linkDoc = 'a link to another memory, as supports=mem_...';

export function parseLinks(text: string, former: readonly MemoryLink[] = []): MemoryLink[] {
  const [, type, id] = /^(.+)=(mem_[0-9a-f-]+)$/i.exec(text) ?? [];
  if (type === undefined || id === undefined) {
    throw new InvalidArgumentError('A link looks like supports=mem_... .');
  }
  return [...former, { type, id }];
}
