/** From a stored row to a memory. */
import { decodeBody } from '../domain/body-codec.ts';
import type { Memory, NamespaceName } from '../domain/memory.ts';
import type { EraseOp, RecordRow, TenantRecords } from '../ports/records.ts';

export function memoryOf(namespace: NamespaceName, row: RecordRow): Memory {
  return { ...row, namespace, body: decodeBody(row.body) };
}

/** A row in a version that it had, as far as it is still known; else as it is now. */
export async function rowAt(
  records: TenantRecords,
  { namespaceNo, row }: { readonly namespaceNo: number; readonly row: RecordRow },
  version: number,
): Promise<RecordRow> {
  if (row.version === version) return row;
  const query = { below: version + 1, limit: 1 };
  const [former] = await records.versions(namespaceNo, row.ordinal, query);
  const found = former?.version === version ? former : row;
  return { ...found, hasVector: row.hasVector };
}

/** Takes the row away, as it is. */
export function eraseOp({ ordinal, version: expectedVersion }: RecordRow): EraseOp {
  return { op: 'erase', ordinal, expectedVersion };
}
