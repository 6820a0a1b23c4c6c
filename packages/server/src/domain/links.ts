/** Typed links between memories, as values. */
import { MemoryError } from './errors.ts';
import { limits } from './limits.ts';
import type { MemoryBody, MemoryLink } from './memory.ts';
import { parseLabel } from './names.ts';

/** Each link once. Whether its target is there is for the engine to find out. */
export function checkLinks(links: readonly MemoryLink[]): MemoryLink[] {
  const named = links.map(({ type, id }, i): [string, MemoryLink] => {
    const label = parseLabel(type.trim(), `links[${i}].type`);
    return [`${id} ${label}`, { type: label, id }];
  });
  const unique = [...new Map(named).values()];
  if (unique.length <= limits.linksMax) return unique;
  throw new MemoryError('invalid_request', `At most ${limits.linksMax} links.`, {
    details: { field: 'links' },
  });
}

/** For a body: no links are no field. */
export function linksField(links: readonly MemoryLink[] | undefined): Pick<MemoryBody, 'links'> {
  return links && links.length > 0 ? { links: [...links] } : {};
}
