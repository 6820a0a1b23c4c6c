/** A UUID that says which passage a point is: made of its numbers, and read back from it. */
import { invariant } from '../../util/invariant.ts';
import type { Shelf } from './vector-service.ts';

const passageMax = 2 ** 28;

/**
 * Version 8 of RFC 9562, whose bits are free: 32 of the namespace, 28 of its owner, 28 of the
 * passage, 32 of the ordinal.
 */
export function passageId(
  { namespaceNo, tenantHash }: Pick<Shelf, 'namespaceNo' | 'tenantHash'>,
  ordinal: number,
  passage: number,
): string {
  invariant(passage < passageMax, 'a memory has fewer than 2^28 passages');
  const owner = [tenantHash.slice(0, 4), `8${tenantHash.slice(4)}`].join('-');
  const number = hex(passage, 7);
  const tail = `8${number.slice(0, 3)}-${number.slice(3)}${hex(ordinal, 8)}`;
  return `${hex(namespaceNo, 8)}-${owner}-${tail}`;
}

/** The numbers of an id that {@link passageId} made. */
export function readPassageId(id: string): { ordinal: number; passage: number } {
  const digits = id.replaceAll('-', '');
  invariant(digits.length === 32, 'a point has an id that was made here');
  return {
    passage: Number.parseInt(digits.slice(17, 24), 16),
    ordinal: Number.parseInt(digits.slice(24), 16),
  };
}

function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, '0');
}
