/** How items are laid out: the one item of a table that says so. */
import { MemoryError } from '../../domain/errors.ts';
import type { ItemTable } from './item-table.ts';
import { encodeItem, numberOrNull } from './items.ts';
import { schemaKey } from './keys.ts';

/** A release that changes the layout raises this. */
export const schemaVersion = 1;

/** Undefined where nothing says it: the table is new, or is not ours. */
export async function readSchema(table: ItemTable): Promise<number | undefined> {
  const item = await table.get(schemaKey);
  return item ? (numberOrNull(item, 'v') ?? undefined) : undefined;
}

/**
 * Marks a table that is empty as ours, or looks whether it is. Throws setting_invalid for one with
 * items of others, which names `setting`, and store_damaged for a newer release's.
 */
export async function checkSchema(
  table: ItemTable,
  setting: string,
  hasItems: () => Promise<boolean>,
): Promise<void> {
  const version = await readSchema(table);
  if (version === undefined) {
    // Another server may have begun at the same moment.
    if ((await hasItems()) && (await readSchema(table)) === undefined) {
      const message = `${setting}: the ${table.label} has items that Reverie did not write.`;
      throw new MemoryError('setting_invalid', message, { details: { setting } });
    }
    await table.put(encodeItem(schemaKey, { v: schemaVersion }), 'new');
    return;
  }
  if (version > schemaVersion) {
    const message =
      `The ${table.label} has schema ${version}; this release knows ${schemaVersion}. ` +
      'Run the release that made it, or a newer one.';
    throw new MemoryError('store_damaged', message);
  }
}
