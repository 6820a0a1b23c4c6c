/** Export: every memory of a namespace as it was at one change, in the order of storing. */
import { MemoryError } from '../../domain/errors.ts';
import type { Memory, NamespaceName } from '../../domain/memory.ts';
import type { RecordRow, TenantRecords } from '../../ports/records.ts';
import { createTurns, type Turns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { withLiveLinks } from '../links/links.ts';
import { openRecords } from '../open-records.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { stateAt } from '../state-at.ts';

/** What an export shows, fixed at its start: later writes take no part. */
export interface ExportMark {
  readonly epoch: number;
  readonly seq: number;
  /** Memories at the start, those past their expiry included. */
  readonly count: number;
  /** When it started; what expired before is left out. */
  readonly at: number;
  /** 32 hexadecimal digits that only this mark of this namespace gives. */
  readonly seal: string;
}

export interface ExportRequest {
  readonly namespace: NamespaceName;
  /** Former versions too. */
  readonly history: boolean;
  /** Of an export that was cut: it goes on to show the same. */
  readonly mark?: ExportMark;
}

export interface ExportedMemory {
  readonly memory: Memory;
  /** Former versions, newest first. */
  readonly history: readonly Memory[];
}

export interface Export {
  readonly mark: ExportMark;
  /** Read as they are asked for: what nobody reads is not held. */
  readonly memories: AsyncIterable<ExportedMemory>;
}

/** Rows read at once; no read outlives its page. */
const pageRows = 64;

/**
 * Throws namespace_not_found, and invalid_cursor for the mark of another namespace, or of an export
 * that cannot go on because something was erased or the namespace was cleared since it started.
 */
export async function exportNamespace(
  deps: EngineDeps,
  scope: Scope,
  request: ExportRequest,
): Promise<Export> {
  const records = openRecords(deps, scope);
  const info = await records.namespace(request.namespace);
  if (!info) throw new MemoryError('namespace_not_found');
  const { epoch, seq, memories: count } = info;
  const sealed = (mark: Omit<ExportMark, 'seal'>): ExportMark => {
    const parts = ['export', info.no, mark.epoch, mark.seq, mark.count, mark.at];
    return { ...mark, seal: deps.hashKey(scope.tenant, info.name, JSON.stringify(parts)) };
  };
  const mark = request.mark ?? sealed({ epoch, seq, count, at: deps.clock.now() });
  if (mark.seal !== sealed(mark).seal) {
    const message = 'The cursor belongs to the export of another namespace.';
    throw new MemoryError('invalid_cursor', message);
  }
  if (mark.epoch !== epoch || mark.seq > seq || info.eraseSeq > mark.seq) {
    const message = 'Memories were erased since that export started; export again.';
    throw new MemoryError('invalid_cursor', message);
  }
  const turns = createTurns(scope.tenant);
  const links = (memories: readonly Memory[]) => withLiveLinks(deps, scope, memories, mark.at);
  return { mark, memories: walk({ records, links, turns }, info.no, request, mark) };
}

interface WalkParts {
  readonly records: TenantRecords;
  /** The memories without links that lead nowhere any more. */
  readonly links: (memories: readonly Memory[]) => Promise<Memory[]>;
  readonly turns: Turns;
}

async function* walk(
  { records, links, turns }: WalkParts,
  namespaceNo: number,
  { namespace, history }: ExportRequest,
  { seq, at }: ExportMark,
): AsyncGenerator<ExportedMemory, void, undefined> {
  let after: number | undefined;
  for (;;) {
    const place = after === undefined ? {} : { after };
    const page = { order: 'asc', limit: pageRows, all: true, ...place } as const;
    const rows = await records.page(namespaceNo, page, at);
    for (const row of rows) {
      if (turns.due()) await turns.next();
      const then = await stateAt(records, namespaceNo, row, seq);
      // Ordinals rise with time: what follows came later too.
      if (!then) return;
      if (then.expiresAt !== null && then.expiresAt <= at) continue;
      const former = history ? await formerOf(records, namespaceNo, then) : [];
      const versions = [then, ...former].map((version) => memoryOf(namespace, version));
      const [memory, ...older] = await links(versions);
      if (memory) yield { memory, history: older };
    }
    after = rows.at(-1)?.ordinal;
    if (rows.length < pageRows) return;
  }
}

async function formerOf(
  records: TenantRecords,
  namespaceNo: number,
  { ordinal, version }: RecordRow,
): Promise<RecordRow[]> {
  if (version === 1) return [];
  return records.versions(namespaceNo, ordinal, { below: version });
}
