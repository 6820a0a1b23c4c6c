/** Batches of one namespace that waited together: each is applied or refused for itself. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { KeyHash, NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Batch, CommitResult } from '../../ports/records.ts';
import { bodyBytesOf } from '../../ports/stored-bytes.ts';
import { DocumentDraft } from './document-draft.ts';
import type { Draft } from './draft.ts';
import { type Head, infoOf, newHead } from './head-codec.ts';
import { segmentsAfterErase } from './image-store.ts';
import type { Condition, Write } from './item-table.ts';
import { encodeItem, numberIn } from './items.ts';
import { bytesGuardKey, closedKey, nameOfKey } from './keys.ts';
import { loadRows } from './load-rows.ts';
import { claimNamespace, type Names } from './names.ts';
import { Patience } from './patience.ts';
import { ReceiptDraft } from './receipt-draft.ts';
import type { ReadParts } from './row-reader.ts';

export interface CommitParts extends ReadParts {
  readonly names: Names;
}

export interface Place {
  readonly tenant: TenantId;
  readonly name: NamespaceName;
}

interface Asked {
  readonly batch: Batch;
  readonly now: number;
}

type Results = (CommitResult | MemoryError)[];

/** Everything that a group of batches rests on, and what they make of it. */
interface Planned {
  readonly draft: Draft;
  readonly receipts: ReceiptDraft;
  readonly documents: DocumentDraft;
  readonly guard: Guard | undefined;
  readonly results: Results;
  /** Something is to be written. */
  readonly isWritten: boolean;
}

/** The bytes of the tenant's other namespaces, where a batch has a bound. */
interface Guard {
  readonly count: number;
  readonly otherBytes: number;
}

export async function commitGroup(
  parts: CommitParts,
  place: Place,
  group: readonly Asked[],
): Promise<Results> {
  const { writer, names, table } = parts;
  const patience = new Patience(table.timeoutMs);
  let claimed: number | undefined;
  for (;;) {
    const space = await names.find(place);
    if (!space) {
      const planned = await plan(parts, place, group, undefined);
      if (!planned.isWritten) return planned.results;
      claimed ??= await claimNamespace(table);
      if (claimed > limits.namespacesMax) return group.map(() => full('store'));
      if (await create(parts, planned, claimed, group)) return withNumber(planned, claimed);
    } else {
      const results = await writer.inTurn(space, async () => {
        const head = await writer.settled(space);
        if (!head) return names.forget(place);
        const planned = await plan(parts, place, group, head);
        if (!planned.isWritten) return planned.results;
        const outcome = await writer.write(planned.draft, await extraOf(parts, planned, group));
        return outcome === 'done' ? planned.results : undefined;
      });
      if (results) return results;
    }
    await patience.wait();
  }
}

/** True when the namespace was made by it. */
async function create(
  parts: CommitParts,
  planned: Planned,
  no: number,
  group: readonly Asked[],
): Promise<boolean> {
  const { draft } = planned;
  draft.head = { ...draft.head, no };
  const extra = await extraOf(parts, planned, group);
  const made = await parts.names.writesOfNew(draft.head);
  const writes = [...made, ...(extra.writes ?? [])];
  if ((await parts.writer.write(draft, { ...extra, writes })) !== 'done') return false;
  parts.names.learn(draft.head);
  return true;
}

async function plan(
  parts: CommitParts,
  place: Place,
  group: readonly Asked[],
  head: Head | undefined,
): Promise<Planned> {
  const { table } = parts;
  const batches = group.map(({ batch }) => batch);
  const asked = batches.flatMap(({ receipts = [] }) => receipts.map(({ id }): KeyHash => id));
  const keys = batches.flatMap(({ documents = [] }) => documents.map(({ key }) => key));
  const [receipts, documents, guard, draft] = await Promise.all([
    ReceiptDraft.load(table, place.tenant, asked),
    DocumentDraft.load(table, keys),
    loadGuard(parts, place, batches, head),
    head ? loadRows(parts, head, batches) : newDraft(parts, place, batches, group[0]?.now ?? 0),
  ]);
  const before = draft.head;
  const results: Results = [];
  let isWritten = false;
  for (const { batch, now } of group) {
    const result = applyBatch({ draft, receipts, documents, guard }, batch, now);
    results.push(result);
    if (result instanceof MemoryError || !result.ok) continue;
    const isBare = batch.ops.length === 0 && !batch.receipts?.length && !batch.documents?.length;
    isWritten ||= !isBare || before.revision === 0;
  }
  return { draft, receipts, documents, guard, results, isWritten };
}

function applyBatch(
  { draft, receipts, documents, guard }: Omit<Planned, 'results' | 'isWritten'>,
  batch: Batch,
  now: number,
): CommitResult | MemoryError {
  const { receipts: asked = [], documents: written = [], storedBytesMax } = batch;
  if (receipts.hasAny(asked, now)) return { ok: false, repeated: true };
  if (!documents.fits(written)) return { ok: false };
  const added = bodyBytesOf(batch.ops);
  const storedBytes = (guard?.otherBytes ?? 0) + draft.head.storedBytes;
  if (added > 0 && storedBytesMax !== undefined && storedBytes + added > storedBytesMax) {
    return { ok: false, storedBytes };
  }
  const applied = draft.apply(batch, now);
  if (applied === 'refused') return { ok: false };
  if (applied === 'full') return full('namespace');
  receipts.keep(asked, applied);
  const { seq, changedAt } = draft.head;
  documents.put(written, { seq, at: Math.max(now, changedAt) });
  return { ok: true, namespace: infoOf(draft.head), applied };
}

/** What is written beside the rows: with conditions, since others may write the same. */
async function extraOf(
  parts: CommitParts,
  { draft, receipts, documents, guard }: Planned,
  group: readonly Asked[],
) {
  const kept = documents.result();
  const now = Math.max(...group.map((one) => one.now));
  const segments = await segmentsAfterErase(parts, draft);
  const writes: Write[] = [...receipts.writes(now), ...kept.writes];
  if (guard) {
    const { tenant } = draft.head;
    const put = encodeItem(bytesGuardKey(tenant), { n: guard.count + 1 });
    const condition: Condition = guard.count === 0 ? 'new' : { equals: { n: guard.count } };
    writes.push({ put, condition });
  }
  return {
    writes,
    plain: segments.writes,
    uploads: kept.uploads,
    garbage: [...kept.garbage, ...segments.garbage],
  };
}

async function loadGuard(
  { table, names }: CommitParts,
  { tenant, name }: Place,
  batches: readonly Batch[],
  head: Head | undefined,
): Promise<Guard | undefined> {
  const isBound = batches.some(
    ({ ops, storedBytesMax }) => storedBytesMax !== undefined && bodyBytesOf(ops) > 0,
  );
  if (!isBound) return undefined;
  // First: whoever fills bytes after this raises it.
  const item = await table.get(bytesGuardKey(tenant));
  const heads = await names.headsOf(tenant);
  const others = heads.filter((one) => one.name !== name || one.no !== head?.no);
  const otherBytes = others.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  return { count: item ? numberIn(item, 'n') : 0, otherBytes };
}

async function newDraft(
  parts: CommitParts,
  place: Place,
  batches: readonly Batch[],
  now: number,
): Promise<Draft> {
  const wanted = batches[0]?.generation ?? 0;
  const key = closedKey(wanted);
  const closed = wanted === 0 ? undefined : (await parts.table.getAll([key])).get(nameOfKey(key));
  const head = newHead({ ...place, no: 0, generation: closed ? 0 : wanted }, now);
  return loadRows(parts, head, batches);
}

/** The number is claimed after the batches were applied. */
function withNumber({ results }: Planned, no: number): Results {
  return results.map((result) =>
    result instanceof MemoryError || !result.ok
      ? result
      : { ...result, namespace: { ...result.namespace, no } },
  );
}

function full(what: 'store' | 'namespace'): MemoryError {
  const message =
    what === 'store'
      ? 'The store holds as many namespaces as it can.'
      : 'The namespace holds as many memories as it can.';
  return new MemoryError('too_many_items', message);
}
