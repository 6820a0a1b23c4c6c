/** From a stored row to a memory. */
import { decodeBody } from '../domain/body-codec.ts';
import type { Memory, NamespaceName } from '../domain/memory.ts';
import type { RecordRow } from '../ports/records.ts';

export function memoryOf(namespace: NamespaceName, row: RecordRow): Memory {
  return { ...row, namespace, body: decodeBody(row.body) };
}
