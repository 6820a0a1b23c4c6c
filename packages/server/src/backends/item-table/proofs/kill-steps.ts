/** What the child that is killed writes, step by step, and what a reader finds of it. */
import type { TenantId } from '../../../domain/memory.ts';
import type { ControlPort } from '../../../ports/control.ts';
import type { Batch, RecordsPort } from '../../../ports/records.ts';
import { bytes, erase, keyOf, named, patch, put } from '../../contract/fixtures.ts';

export interface KillTask {
  readonly endpoint: string;
  readonly table: string;
  readonly tenant: TenantId;
}

export const space = named('home');
const documentOf = (tenant: TenantId): string => `proof/${tenant}`;

/** The first two are too large for one transaction, and the second has bytes that lie apart. */
export function stepsOf(tenant: TenantId): Batch[] {
  const numbers = Array.from({ length: 60 }, (_, i) => i + 1);
  const vectors = [{ generation: 1, vectors: null }];
  const many = numbers.map((n) => ({ ...put(n, { keyHash: keyOf(n % 3) }), vectors }));
  const receipt = { id: keyOf(9), part: 0, fingerprint: keyOf(8), note: 'once', op: 0 };
  const receipts = [{ ...receipt, expiresAt: 2_000_000_000_000 }];
  const key = documentOf(tenant);
  const large = new TextEncoder().encode('large '.repeat(50_000));
  const changes = [
    ...numbers.slice(0, 20).map((n) => erase(n, 1)),
    ...numbers.slice(20, 40).map((n) => patch(n, 1, { body: bytes(`new ${n}`) })),
    patch(41, 1, { body: large }),
    ...numbers.slice(0, 10).map((n) => put(n, { kind: 'fact', keyHash: keyOf(n) })),
  ];
  return [
    { ops: many, receipts, documents: [{ key, value: { step: 1 }, expected: 0 }] },
    { ops: changes, documents: [{ key, value: { step: 2 }, expected: 1, stamp: 'done' }] },
    { ops: [patch(41, 2, { body: bytes('small again') }), erase(42, 1)] },
  ];
}

/** Everything that the steps leave, in a form in which two stores can be compared. */
export async function found(
  { records, control }: { readonly records: RecordsPort; readonly control: ControlPort },
  tenant: TenantId,
) {
  const own = records.open(tenant);
  const info = await own.namespace(space);
  const no = info?.no ?? 0;
  const query = { order: 'asc', limit: 200 } as const;
  const rows = await own.page(no, { ...query, all: true }, 0);
  const keys = Array.from({ length: 11 }, (_, i) => keyOf(i));
  const index = own.index(no, 1);
  return {
    info: info && { ...info, no: 0 },
    rows,
    facts: await own.page(no, { ...query, kind: 'fact' }, 0),
    keys: await Promise.all(keys.map((hash) => own.byKey(no, hash, 0))),
    ofKeys: await Promise.all(keys.map((hash) => own.allByKey(no, hash))),
    ids: (await own.byId(rows.map(({ id }) => id))).length,
    versions: await Promise.all(rows.map(({ ordinal }) => own.versions(no, ordinal))),
    changes: await index.changes(0, 1000),
    state: await index.state(),
    waits: await records.vectors.waits(no, 1, 1000),
    receipts: await own.receipts(keyOf(9)),
    document: await control.get(documentOf(tenant)),
    storedBytes: await own.storedBytes(),
  };
}
