/** A store over a table of items: any number of processes may have it open at one time. */
import { MemoryError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { RecordsPort, RecordsStatus } from '../../ports/records.ts';
import { BlobStore } from './blob-store.ts';
import { infoOf } from './head-codec.ts';
import { ItemControl } from './item-control.ts';
import type { ItemTable } from './item-table.ts';
import { schemaKey } from './keys.ts';
import { Names } from './names.ts';
import { NamespaceWriter } from './namespace-writer.ts';
import { ItemTenantRecords, type StoreParts } from './tenant-records.ts';
import { refuseHeld } from './transfer-hold.ts';
import { ItemVectorRecords } from './vector-records.ts';

export interface ItemStore {
  readonly records: RecordsPort;
  readonly control: ControlPort;
  /** The same as `records.close()`. */
  close(): Promise<void>;
}

/** What another server's crash has left behind goes without a start. */
const sweptEachMs = 60 * 60 * 1000;

/**
 * Opens a store over a table that is ready and has its schema; `name` is the backend's. Throws
 * store_unavailable. Closing the store closes the table.
 */
export async function openItemStore(
  name: string,
  table: ItemTable,
  clock: Clock,
): Promise<ItemStore> {
  await refuseHeld(table, Date.now());
  const blobs = new BlobStore(table, clock);
  await blobs.sweep();
  const names = new Names(table);
  const parts: StoreParts = {
    ...{ table, blobs, names, clock },
    writer: new NamespaceWriter(table, blobs),
  };
  // Handles are kept: each groups its commits.
  const handles = new Map<TenantId, ItemTenantRecords>();
  const sweeping = setInterval(() => void blobs.sweep().catch(() => {}), sweptEachMs).unref();
  const close = (): Promise<void> => {
    clearInterval(sweeping);
    return table.close();
  };
  const records: RecordsPort = {
    name,
    open: (tenant) => {
      const handle = handles.get(tenant) ?? new ItemTenantRecords(parts, tenant);
      handles.set(tenant, handle);
      return handle;
    },
    namespaces: async (afterNo, limit) => {
      const heads = await names.headsAt(await names.spacesAfter(afterNo, limit));
      return heads.map((head) => ({ ...infoOf(head), tenant: head.tenant }));
    },
    vectors: new ItemVectorRecords(parts),
    status: () => statusOf(table),
    close,
  };
  return { records, control: new ItemControl(table, blobs), close };
}

async function statusOf(table: ItemTable): Promise<RecordsStatus> {
  try {
    if (await table.get(schemaKey)) return { writable: true };
    return { writable: false, reason: `The ${table.label} was emptied.` };
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    return { writable: false, reason: error.message };
  }
}
