/** Takes everything of a store out of a vector database that is to be left. */
import { MemoryError } from '../../domain/errors.ts';
import type { VectorService } from './vector-service.ts';

/** What was there is called so; undefined where there was nothing of the store. */
export type EmptiedAs = string | undefined;

/**
 * Looks, when it is done, whether nothing is left. `store`: undefined where none ever used such a
 * system. Throws setting_invalid where the database has the vectors of another store under the
 * name, and store_unavailable where something is left.
 */
export async function emptyService(
  service: VectorService,
  store: string | undefined,
): Promise<EmptiedAs> {
  await service.check();
  const mark = await service.readMark();
  if (mark !== undefined && mark.store !== store) throw othersVectors(service);
  for (const { name } of await service.collections()) await service.removeCollection(name);
  // Last: until then it is known whose they are.
  await service.removeMark();
  const isEmpty = (await service.collections()).length === 0 && !(await service.readMark());
  if (!isEmpty) {
    const message = `${service.title} still has vectors. Stop the servers that use it; try again.`;
    throw new MemoryError('store_unavailable', message);
  }
  return mark?.madeAs;
}

function othersVectors(service: VectorService): MemoryError {
  const setting = service.namesSetting;
  const message =
    `${setting}: ${service.title} has the vectors of another store under this name, and they ` +
    'stay. Where that store is gone, delete what has the name there and call this again.';
  return new MemoryError('setting_invalid', message, { details: { setting } });
}
