/** The operation that makes a row what it was in a former version. */
import { decodeBody } from '../domain/body-codec.ts';
import { encodeAnalysis } from '../index/analysis-codec.ts';
import type { RecordRow, UpdateOp } from '../ports/records.ts';
import type { Turns } from '../util/turns.ts';
import type { EngineDeps } from './deps.ts';
import { restoredTrust } from './hygiene/judge.ts';

/** What was judged since stays judged. */
export async function restoreOp(
  deps: Pick<EngineDeps, 'analyzer' | 'embeddings'>,
  row: RecordRow,
  former: RecordRow,
  turns: Turns,
): Promise<UpdateOp> {
  const isBody = sameBody(row, former);
  const trust = isBody ? row.trust : restoredTrust(row, former);
  const columns = { ...restorableColumns(former), ...(trust !== row.trust && { trust }) };
  const place = { ordinal: row.ordinal, expectedVersion: row.version };
  const op: UpdateOp = { op: 'restore', ...place, columns };
  if (isBody && row.occurredAt === former.occurredAt && row.kind === former.kind) return op;
  const body = decodeBody(former.body);
  const facts = { occurredAt: former.occurredAt, isFact: former.kind === 'fact' };
  const analysis = encodeAnalysis(await deps.analyzer.analyze(body, facts, turns));
  if (isBody) return { ...op, analysis };
  const vectors = await deps.embeddings.forStore(body, false);
  return { ...op, body: former.body, analysis, vectors };
}

/**
 * The columns that a restore brings back. Trust is none of them: what was judged since stays
 * judged.
 */
export function restorableColumns(row: RecordRow) {
  const { id, version, createdAt, updatedAt, trust, ordinal, seq, body, hasVector, ...columns } =
    row;
  return columns;
}

export function sameBody(a: RecordRow, b: RecordRow): boolean {
  return Buffer.compare(a.body, b.body) === 0;
}

/** Whether a reader would find both the same. */
export function sameRow(a: RecordRow, b: RecordRow): boolean {
  if (!sameBody(a, b)) return false;
  const later: Record<string, unknown> = restorableColumns(b);
  return Object.entries(restorableColumns(a)).every(([name, value]) => later[name] === value);
}

export function isCurrentFact({ kind, archived, supersededAt }: RecordRow): boolean {
  return kind === 'fact' && !archived && supersededAt === null;
}
