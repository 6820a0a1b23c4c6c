/** The operation that gives a row another content: what stays the same is not computed again. */
import { decodeBody, encodeBody } from '../domain/body-codec.ts';
import type { MemoryBody } from '../domain/memory.ts';
import { indexedText, saysTheSame } from '../domain/store-rules.ts';
import { encodeAnalysis } from '../index/analysis-codec.ts';
import type { RecordRow, UpdateOp } from '../ports/records.ts';
import type { Turns } from '../util/turns.ts';
import type { EngineDeps } from './deps.ts';
import { findEntities } from './store/prepare.ts';

export interface NewContent {
  /** Absent: the body stays. */
  readonly body?: MemoryBody;
  readonly columns: NonNullable<UpdateOp['columns']>;
}

export interface PatchWork {
  /** For an embedder that is not instant; else its vectors follow. */
  readonly waits: boolean;
  readonly turns: Turns;
}

export async function patchOp(
  deps: EngineDeps,
  row: RecordRow,
  { body, columns }: NewContent,
  { waits, turns }: PatchWork,
): Promise<UpdateOp> {
  const { ordinal, version: expectedVersion } = row;
  const op = { op: 'patch', ordinal, expectedVersion, columns } as const;
  const occurredAt = columns.occurredAt ?? row.occurredAt;
  const read = async (content: MemoryBody) =>
    encodeAnalysis(
      await deps.analyzer.analyze(content, { occurredAt, isFact: row.kind === 'fact' }, turns),
    );
  const former = decodeBody(row.body);
  if (body === undefined) {
    // Of the columns the analysis knows the time alone.
    return columns.occurredAt === undefined ? op : { ...op, analysis: await read(former) };
  }
  if (saysTheSame(body, former)) {
    return { ...op, body: encodeBody(body), analysis: await read(body), keepsVectors: true };
  }
  const entities = await findEntities(indexedText(body), body.speaker, turns);
  const said = { ...body, entities };
  const [analysis, vectors] = await Promise.all([
    read(said),
    deps.embeddings.forStore(said, waits),
  ]);
  return { ...op, body: encodeBody(said), analysis, vectors };
}
