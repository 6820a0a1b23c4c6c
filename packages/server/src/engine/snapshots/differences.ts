/** What became of a namespace's rows between two of its changes. */
import type { NamespaceInfo, RecordRow, TenantRecords } from '../../ports/records.ts';
import type { Turns } from '../../util/turns.ts';
import { sameRow } from '../restore-op.ts';
import { stateAt } from '../state-at.ts';

export const differenceKinds = [
  'added',
  'changed',
  'archived',
  'superseded',
  'erased',
  /** It was there, and its version of that time is gone. */
  'unknown',
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

export type Difference =
  | { readonly kind: 'added' | 'unknown'; readonly at: number; readonly row: RecordRow }
  | {
      readonly kind: 'changed' | 'archived' | 'superseded';
      readonly at: number;
      readonly row: RecordRow;
      /** The version of the earlier time. */
      readonly former: RecordRow;
    }
  /** Nothing is left of it, not even its id. */
  | { readonly kind: 'erased'; readonly at: number };

export interface Span {
  /** The change of the earlier time. */
  readonly from: number;
  /** The change of the later one. Rows that changed after it are left out. */
  readonly to: number;
  /** Told up to this change already. */
  readonly after?: number;
}

const changesPerRead = 256;

/** Each row once, at its newest change (`at`), in the order of these. */
export async function* differences(
  records: TenantRecords,
  info: NamespaceInfo,
  span: Span,
  turns: Turns,
): AsyncGenerator<Difference, void, undefined> {
  const log = records.index(info.no, info.generation);
  const firstAdded = await firstAddedOrdinal(records, info, span);
  let after = span.after ?? span.from;
  for (;;) {
    const read = await log.changes(after, changesPerRead);
    const changes = read.filter(({ seq }) => seq <= span.to);
    const ordinals = [...new Set(changes.map(({ ordinal }) => ordinal))];
    const rows = new Map(
      (await records.byOrdinal(info.no, ordinals)).map((row) => [row.ordinal, row]),
    );
    for (const { seq: at, op, ordinal } of changes) {
      if (turns.due()) await turns.next();
      const isAdded = ordinal >= firstAdded;
      // What came and went in between makes no difference.
      if (op === 'erase' && !isAdded) yield { kind: 'erased', at };
      const row = rows.get(ordinal);
      if (!row || row.seq !== at) continue;
      const found = isAdded
        ? { kind: 'added' as const, at, row }
        : await differenceOf(records, info, row, span.from);
      if (found) yield found;
    }
    after = changes.at(-1)?.seq ?? span.to;
    if (changes.length < changesPerRead) return;
  }
}

async function differenceOf(
  records: TenantRecords,
  { no }: NamespaceInfo,
  row: RecordRow,
  from: number,
): Promise<Difference | undefined> {
  const former = await stateAt(records, no, row, from);
  const at = row.seq;
  if (!former) return { kind: 'unknown', at, row };
  if (row.archived && !former.archived) return { kind: 'archived', at, row, former };
  if (row.supersededAt !== null && former.supersededAt === null) {
    return { kind: 'superseded', at, row, former };
  }
  return sameRow(row, former) ? undefined : { kind: 'changed', at, row, former };
}

/** Ordinals rise with time: those from here on came in the span. */
async function firstAddedOrdinal(
  records: TenantRecords,
  info: NamespaceInfo,
  { from, to }: Span,
): Promise<number> {
  const log = records.index(info.no, info.generation);
  let after = from;
  for (;;) {
    const changes = await log.changes(after, changesPerRead);
    const first = changes.find(({ op, seq }) => op === 'put' && seq <= to);
    if (first) return first.ordinal;
    after = changes.at(-1)?.seq ?? to;
    if (changes.length < changesPerRead || after >= to) return Number.POSITIVE_INFINITY;
  }
}
