/** Reads what a dream looks at: the current user memories of a namespace, for its strategies. */
import { decodeBody } from '../../domain/body-codec.ts';
import type { MemoryId, TenantId } from '../../domain/memory.ts';
import { indexedText } from '../../domain/store-rules.ts';
import { decodeAnalysis, isCurrentAnalysis } from '../../index/analysis-codec.ts';
import { attachVectors, isCurrentVectors } from '../../index/vectors-codec.ts';
import type { AnalysisRow, NamespaceInfo, RecordRow, TenantRecords } from '../../ports/records.ts';
import type { Tokenizer } from '../../ports/tokenizer.ts';
import { contentTerms } from '../../text/content-terms.ts';
import { createTurns } from '../../util/turns.ts';
import type { DreamMemory, DreamSnapshot } from './strategy.ts';

export interface SnapshotRequest {
  readonly tenant: TenantId;
  readonly info: NamespaceInfo;
  /** The tenant's, with the rights of who dreams. */
  readonly records: TenantRecords;
  readonly tokenizer: Tokenizer;
  readonly now: number;
  /** Of a namespace with more, the older half of them and the newer half. */
  readonly memoriesMax: number;
  /** Throws where the dream was ended. */
  readonly check?: () => void;
}

const rowsPerPage = 64;

/** Live writes go on: each memory is read in the version that its reference names. */
export async function readSnapshot(request: SnapshotRequest): Promise<DreamSnapshot> {
  const { info, now, memoriesMax } = request;
  const oldest = await readSome(request, 'asc', memoriesMax);
  // The page behind the last one tells whether there was more.
  const isComplete = oldest.length < memoriesMax;
  const rows = isComplete ? oldest : await bothEnds(request, oldest);
  const all = rows.sort((a, b) => a.occurredAt - b.occurredAt || a.ordinal - b.ordinal);
  const isDerived = ({ kind }: DreamMemory): boolean => kind === 'derived';
  return {
    seq: info.seq,
    now,
    memories: all.filter((memory) => !isDerived(memory)),
    derived: all.filter(isDerived),
    gone: await goneOf(request, all),
    isComplete,
  };
}

/** An archived or replaced memory is hidden, not gone. */
async function goneOf(
  { info, records, check }: SnapshotRequest,
  memories: readonly DreamMemory[],
): Promise<ReadonlySet<MemoryId>> {
  const named = new Set<MemoryId>();
  for (const { derivedFrom, links } of memories) {
    for (const id of [...derivedFrom, ...links.map((link) => link.id)]) named.add(id);
  }
  for (const { id } of memories) named.delete(id);
  const ids = [...named];
  for (let start = 0; start < ids.length; start += rowsPerPage) {
    check?.();
    const found = await records.byId(ids.slice(start, start + rowsPerPage), info.no);
    for (const { row } of found) named.delete(row.id);
  }
  return named;
}

async function bothEnds(
  request: SnapshotRequest,
  oldest: readonly DreamMemory[],
): Promise<DreamMemory[]> {
  const half = Math.ceil(request.memoriesMax / 2);
  const older = oldest.slice(0, half);
  const last = older.at(-1)?.ordinal ?? 0;
  const newer = await readSome(request, 'desc', request.memoriesMax - half);
  return [...older, ...newer.filter(({ ordinal }) => ordinal > last)];
}

async function readSome(
  request: SnapshotRequest,
  order: 'asc' | 'desc',
  max: number,
): Promise<DreamMemory[]> {
  const { tenant, info, records, now, tokenizer } = request;
  const turns = createTurns(tenant);
  const found: DreamMemory[] = [];
  let after: number | undefined;
  while (found.length < max) {
    request.check?.();
    const place = after === undefined ? {} : { after };
    const rows = await records.page(info.no, { order, limit: rowsPerPage, ...place }, now);
    const wanted = rows.filter((row) => isDreamt(row));
    const ordinals = wanted.map(({ ordinal }) => ordinal).sort((a, b) => a - b);
    const analyses = await records.index(info.no, info.generation).analyses(ordinals);
    const vectors = new Map(analyses.map((row) => [row.ordinal, row]));
    for (const row of wanted) {
      found.push(memoryFrom(row, vectors.get(row.ordinal), tokenizer));
      if (turns.due()) await turns.next();
    }
    after = rows.at(-1)?.ordinal;
    if (rows.length < rowsPerPage) break;
  }
  return found.slice(0, max);
}

/**
 * What the application says of itself is not consolidated, and what is meant to go away is not made
 * into what stays.
 */
function isDreamt({ audience, expiresAt, trust }: RecordRow): boolean {
  return audience === 'user' && expiresAt === null && trust !== 'quarantined';
}

function memoryFrom(
  row: RecordRow,
  analysis: AnalysisRow | undefined,
  tokenizer: Tokenizer,
): DreamMemory {
  const body = decodeBody(row.body);
  const text = indexedText(body);
  const { id, version, ordinal, kind, occurredAt, createdAt, validFrom, validTo } = row;
  const { confidence, importance, pinned } = row;
  return {
    ...{ id, version, ordinal, kind, text, occurredAt, createdAt, validFrom, validTo },
    ...{ confidence, importance, pinned },
    ...(body.type !== undefined && { type: body.type }),
    ...(body.key !== undefined && { key: body.key }),
    ...(body.speaker !== undefined && { speaker: body.speaker }),
    tags: body.tags,
    metadata: body.metadata,
    entities: body.entities,
    links: body.links ?? [],
    derivedFrom: body.derivedFrom,
    ...(body.made !== undefined && { made: body.made }),
    isEcho: body.echoOf !== undefined,
    terms: contentTerms(text),
    // Of another version, it would be the vector of another text.
    vector: analysis?.version === version ? meanVector(analysis) : undefined,
    tokens: tokenizer.count(text),
  };
}

/** Undefined while the vectors are still to be made, or where no word was known. */
function meanVector({ analysis, vectors }: AnalysisRow): Float32Array | undefined {
  if (!analysis || !vectors || vectors.length === 0) return undefined;
  if (!isCurrentAnalysis(analysis) || !isCurrentVectors(vectors)) return undefined;
  let sum: Float32Array | undefined;
  for (const { vector } of attachVectors(decodeAnalysis(analysis).passages, vectors)) {
    if (vector === null) continue;
    sum ??= new Float32Array(vector.values.length);
    for (const [i, value] of vector.values.entries()) {
      sum[i] = (sum[i] ?? 0) + value * vector.scale;
    }
  }
  return sum && unit(sum);
}

function unit(vector: Float32Array): Float32Array | undefined {
  let squares = 0;
  for (const component of vector) squares += component * component;
  const length = Math.sqrt(squares);
  return length === 0 ? undefined : vector.map((component) => component / length);
}
