/** How much of a store is in memory at one time, and what of it is never moved. */
import { transferMarkKey } from '../../ports/transfer.ts';

/** With the encodings on the way it is a few times as much. */
export const pageBytes = 4 * 1024 * 1024;

/** The mark tells of the migration itself. */
export function isOfMigration(row: object): boolean {
  return 'key' in row && 'value' in row && row.key === transferMarkKey;
}
