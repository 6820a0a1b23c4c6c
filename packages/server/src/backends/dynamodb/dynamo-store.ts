/** A store in DynamoDB: any number of processes may have it open at one time. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { MemoryError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { RecordsPort, RecordsStatus } from '../../ports/records.ts';
import { BlobStore } from './blob-store.ts';
import { DynamoControl } from './dynamo-control.ts';
import { infoOf } from './head-codec.ts';
import { schemaKey } from './keys.ts';
import { loadSdk, type Sdk } from './load-sdk.ts';
import { Names } from './names.ts';
import { NamespaceWriter } from './namespace-writer.ts';
import { openTable } from './open-table.ts';
import { Table, type TableOptions } from './table.ts';
import { DynamoTenantRecords, type StoreParts } from './tenant-records.ts';
import { DynamoVectorRecords } from './vector-records.ts';

export interface DynamoOptions extends TableOptions {
  /** Another address than that of the region: DynamoDB Local, or a private one. */
  readonly endpoint?: string | undefined;
}

export interface DynamoStoreOptions extends DynamoOptions {
  readonly clock: Clock;
}

export interface DynamoStore {
  readonly records: RecordsPort;
  readonly control: ControlPort;
  /** The same as `records.close()`. */
  close(): Promise<void>;
}

const connectTimeoutMs = 3_000;
const connectionsMax = 128;
/** What another server's crash has left behind goes without a start. */
const sweptEachMs = 60 * 60 * 1000;

/** Region and credentials come from where every program of AWS looks for them. */
export function makeClient(sdk: Sdk, { endpoint, timeoutMs }: DynamoOptions): DynamoDBClient {
  return new sdk.DynamoDBClient({
    ...(endpoint !== undefined && { endpoint }),
    // Table repeats what is to be repeated, within one limit of time.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: timeoutMs,
      httpAgent: { maxSockets: connectionsMax },
      httpsAgent: { maxSockets: connectionsMax },
    },
  });
}

/**
 * Opens a table, which is made where there is none. Throws setting_invalid (credentials, region,
 * rights or table are wrong, with what to do), store_damaged (a newer release made it) and
 * store_unavailable.
 */
export async function openDynamoStore(options: DynamoStoreOptions): Promise<DynamoStore> {
  const { clock } = options;
  const sdk = await loadSdk();
  const client = makeClient(sdk, options);
  const table = new Table(sdk, client, options);
  const blobs = new BlobStore(table, clock);
  try {
    await openTable(sdk, table);
    await blobs.sweep();
  } catch (error) {
    table.close();
    throw error;
  }
  const names = new Names(table);
  const parts: StoreParts = {
    ...{ table, blobs, names, clock },
    writer: new NamespaceWriter(table, blobs),
  };
  // Handles are kept: each groups its commits.
  const handles = new Map<TenantId, DynamoTenantRecords>();
  const sweeping = setInterval(() => void blobs.sweep().catch(() => {}), sweptEachMs).unref();
  const close = async (): Promise<void> => {
    clearInterval(sweeping);
    table.close();
  };
  const records: RecordsPort = {
    name: 'dynamodb',
    open: (tenant) => {
      const handle = handles.get(tenant) ?? new DynamoTenantRecords(parts, tenant);
      handles.set(tenant, handle);
      return handle;
    },
    namespaces: async (afterNo, limit) => {
      const heads = await names.headsAt(await names.spacesAfter(afterNo, limit));
      return heads.map((head) => ({ ...infoOf(head), tenant: head.tenant }));
    },
    vectors: new DynamoVectorRecords(parts),
    status: () => statusOf(table),
    close,
  };
  return { records, control: new DynamoControl(table, blobs), close };
}

async function statusOf(table: Table): Promise<RecordsStatus> {
  try {
    if (await table.get(schemaKey)) return { writable: true };
    return { writable: false, reason: `The table ${table.name} was emptied.` };
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    return { writable: false, reason: error.message };
  }
}
