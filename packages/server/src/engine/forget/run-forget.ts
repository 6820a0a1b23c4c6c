/** Erases a selection in batches, writes the receipt with each, and goes on after a crash. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { ControlDocument } from '../../ports/control.ts';
import type { Batch, Receipt, TenantRecords } from '../../ports/records.ts';
import { decodeRanges, encodeRanges } from '../../util/number-ranges.ts';
import { doneElsewhere } from '../once/once.ts';
import { eraseOp } from '../rows.ts';
import { broughtBack } from './bring-back.ts';
import { goneErasure, listed, rowsErasure } from './list-erasure.ts';
import { orphansOf } from './orphans.ts';
import {
  forgetKeys,
  ownedBy,
  ownerOf,
  parseForget,
  readWaitingKey,
  type StoredForget,
  waitingPrefix,
  writeForget,
} from './receipt.ts';
import { type ForgetDeps, forgetInRooms } from './rooms.ts';
import { madeOf, type Named } from './selection.ts';
import { silenceForgotten } from './silence-dreams.ts';
import { addCounts, type WeighedRows, weighRows } from './weigh-rows.ts';

/** What is to be erased. */
export interface ForgetPlan {
  readonly tenant: TenantId;
  readonly id: string;
  readonly named: readonly number[];
  readonly derived: readonly number[];
  /** Rows from this number on were not looked at for what is made of these. */
  readonly seenTo: number;
  /** As it is before the first batch. */
  readonly stored: StoredForget;
}

/** Tries against writers of the same rows. */
const attemptsMax = 32;

/**
 * Resolves when all of it is gone, with the receipt as it is then; undefined when nothing of it was
 * there any more. Each batch is gone with the receipt that counts it, so that what is cut short is
 * neither lost nor counted twice. `receipts` say, with the first batch, that the request was done.
 */
export async function runForget(
  deps: ForgetDeps,
  plan: ForgetPlan,
  receipts: NonNullable<Batch['receipts']> = [],
): Promise<StoredForget | undefined> {
  const all = [...plan.named, ...plan.derived].sort((a, b) => a - b);
  const isLong = all.length > limits.forgetBatchRows || plan.stored.selector === 'namespace';
  const run = new Run(deps, plan, receipts);
  try {
    if (isLong) await run.open();
    await run.eraseAll(all);
    await run.eraseMade();
    return await run.close();
  } catch (error) {
    await run.leave();
    throw error;
  }
}

/**
 * Finishes what ended processes had begun; what runs in a living one is left to it. Tells how many
 * forgets there were.
 */
export async function resumeForgets(deps: ForgetDeps): Promise<number> {
  let resumed = 0;
  for (const { key, value } of await deps.control.list(waitingPrefix)) {
    const { tenant, id } = readWaitingKey(key);
    const owner = ownerOf(value);
    const isLeft = owner === undefined || (await deps.peers.isGone(owner));
    if (!isLeft) continue;
    const document = await deps.control.get(forgetKeys.receipt(tenant, id));
    if (document === undefined) {
      // Cut short before anything was erased or promised.
      await deps.control.delete(forgetKeys.journal(tenant, id));
      await deps.control.delete(key);
      continue;
    }
    if (await resumeForget(deps, tenant, id, document)) resumed += 1;
    // The process may have ended before its dreams were told, and what they had made was found.
    await silenceForgotten(deps, tenant, parseForget(document.value).namespaceNo);
    await forgetOrphans(deps, tenant, id);
    // Where files are compacted it stays until the bytes are gone.
    if (!deps.peers.isAlone) await deps.control.delete(key);
  }
  return resumed;
}

/** Finishes one that is not running any more; false when there is nothing left of it to do. */
export async function resumeForget(
  deps: ForgetDeps,
  tenant: TenantId,
  id: string,
  { value, version }: Pick<ControlDocument, 'value' | 'version'>,
): Promise<boolean> {
  const stored = parseForget(value);
  const journal = await deps.control.get(forgetKeys.journal(tenant, id));
  if (stored.state !== 'running') {
    // It ended between its last two writes.
    if (journal) await deps.control.delete(journal.key);
    return false;
  }
  const { named, derived, receipts } = parseJournal(journal?.value);
  // It may have ended before these were kept; then its repetition would find nothing to forget.
  if (receipts.length > 0) await deps.records.open(tenant).keepReceipts(receipts);
  const run = new Run(deps, { tenant, id, named, derived, seenTo: 1, stored }, [], version);
  await run.eraseAll([...named, ...derived].sort((a, b) => a - b));
  await run.eraseMade();
  await run.close();
  return true;
}

async function forgetOrphans(deps: ForgetDeps, tenant: TenantId, id: string): Promise<void> {
  const document = await deps.control.get(forgetKeys.receipt(tenant, id));
  if (!document) return;
  const stored = parseForget(document.value);
  const plan = { tenant, id, named: [], derived: [], seenTo: 1, stored };
  await new Run(deps, plan, [], document.version).eraseOrphans();
}

interface Journal {
  readonly named: readonly number[];
  readonly derived: readonly number[];
  /** By which a repetition of the request knows that it will be done. */
  readonly receipts: readonly Receipt[];
}

function writeJournal({ named, derived, receipts }: Journal): string {
  return JSON.stringify({
    named: encodeRanges(named),
    derived: encodeRanges(derived),
    receipts,
  });
}

function parseJournal(value: string | undefined): Journal {
  if (value === undefined) return { named: [], derived: [], receipts: [] };
  const { named, derived, receipts }: { named: string; derived: string; receipts: Receipt[] } =
    JSON.parse(value);
  return { named: decodeRanges(named), derived: decodeRanges(derived), receipts };
}

class Run {
  readonly #deps: ForgetDeps;
  readonly #plan: ForgetPlan;
  readonly #derived: Set<number>;
  readonly #isDerived = (ordinal: number): boolean => this.#derived.has(ordinal);
  readonly #isErased: (ordinal: number) => boolean;
  /** Rows that are gone, and were not asked yet what is made of them. */
  #gone: Named[] = [];
  #stored: StoredForget;
  /** Of the receipt's document; 0 while there is none. */
  #version: number;
  /** Those that are not written yet. */
  #receipts: NonNullable<Batch['receipts']>;
  #isOpen = false;

  constructor(
    deps: ForgetDeps,
    plan: ForgetPlan,
    receipts: NonNullable<Batch['receipts']>,
    version = 0,
  ) {
    this.#deps = deps;
    this.#plan = plan;
    this.#receipts = receipts;
    this.#stored = plan.stored;
    this.#version = version;
    this.#isOpen = version > 0;
    this.#derived = new Set(plan.derived);
    const named = new Set(plan.named);
    this.#isErased = (ordinal) => named.has(ordinal) || this.#derived.has(ordinal);
  }

  /** Writes down what is to be done, as row numbers, before anything is. */
  async open(): Promise<void> {
    const { control } = this.#deps;
    const { tenant, id, named, derived } = this.#plan;
    const journal = writeJournal({ named, derived, receipts: this.#receipts });
    const waiting = JSON.stringify(ownedBy(this.#deps.peers.id));
    await control.putIfVersion(forgetKeys.waiting(tenant, id), waiting, 0);
    await control.putIfVersion(forgetKeys.journal(tenant, id), journal, 0);
    await this.#write();
    this.#isOpen = true;
    // From here on it will be done, whatever happens: a repetition is answered from the receipt.
    const receipts = this.#receipts;
    this.#receipts = [];
    if (receipts.length === 0) return;
    if (await this.#deps.records.open(tenant).keepReceipts(receipts)) return;
    const keys = [forgetKeys.receipt, forgetKeys.journal, forgetKeys.waiting];
    for (const keyOf of keys) await control.delete(keyOf(tenant, id));
    throw doneElsewhere();
  }

  /** It could not be ended here: whoever comes next may. */
  async leave(): Promise<void> {
    if (!this.#isOpen) return;
    const { control, peers } = this.#deps;
    const key = forgetKeys.waiting(this.#plan.tenant, this.#plan.id);
    try {
      const waiting = await control.get(key);
      if (!waiting || ownerOf(waiting.value) !== peers.id) return;
      await control.putIfVersion(key, '{}', waiting.version);
    } catch {
      // Then it is found when this server has ended.
    }
  }

  async eraseAll(ordinals: readonly number[]): Promise<void> {
    const size = limits.forgetBatchRows;
    for (let at = 0; at < ordinals.length; at += size) {
      await this.#eraseBatch(ordinals.slice(at, at + size));
    }
  }

  /** What a dream made of it meanwhile: after the erasure nothing can be made of it. */
  async eraseMade(): Promise<void> {
    const { tenant, seenTo } = this.#plan;
    const { namespaceNo, sparesSystem: spares = false } = this.#stored;
    const records = this.#deps.records.open(tenant);
    const space = { tenant, records, namespaceNo, start: seenTo, spares };
    while (this.#gone.length > 0) {
      const { derived } = await madeOf(space, this.#gone);
      this.#gone = [];
      for (const ordinal of derived) this.#derived.add(ordinal);
      await this.eraseAll(derived);
    }
  }

  async eraseOrphans(): Promise<void> {
    const { tenant } = this.#plan;
    const { namespaceNo } = this.#stored;
    const records = this.#deps.records.open(tenant);
    this.#gone = await orphansOf({ tenant, records, namespaceNo, spares: true });
    if (this.#gone.length === 0) return;
    const ordinals = this.#gone.map(({ ordinal }) => ordinal);
    for (const ordinal of ordinals) this.#derived.add(ordinal);
    await this.eraseAll(ordinals);
    await this.eraseMade();
    this.#stored = { ...this.#stored, state: 'hidden' };
    await this.#write();
  }

  /** With all rows gone: the namespace where it was named, and the end of the receipt. */
  async close(): Promise<StoredForget | undefined> {
    const { control } = this.#deps;
    const { tenant, id } = this.#plan;
    if (this.#version === 0) return undefined;
    if (!this.#isOpen) return this.#stored;
    const { selector, keepsNamespace } = this.#stored;
    const isMeant = selector === 'namespace' && !keepsNamespace;
    const isRemoved = isMeant && (await this.#removeNamespace());
    const at = this.#deps.clock.now();
    // Rows may all have been gone before: then the end itself is the moment.
    const hidden = this.#stored.hidden ?? { seq: null, at };
    const gone = isRemoved ? ({ namespaceGone: true } as const) : {};
    const seenSeq = isRemoved ? undefined : await this.#eraseSeq();
    const seen = seenSeq === undefined ? {} : { seenSeq };
    this.#stored = { ...this.#stored, state: 'hidden', hidden, ...gone, ...seen };
    await this.#write();
    await control.delete(forgetKeys.journal(tenant, id));
    return this.#stored;
  }

  async #eraseBatch(ordinals: readonly number[]): Promise<void> {
    const { namespaceNo } = this.#stored;
    const { tenant, id } = this.#plan;
    const records = this.#deps.records.open(tenant);
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const namespace = await records.nameOf(namespaceNo);
      if (namespace === undefined) return;
      const { rows, counts } = await this.#weigh(records, ordinals);
      if (rows.length === 0) return;
      const back = await broughtBack(records, namespaceNo, rows, this.#isErased);
      const next: StoredForget = {
        ...this.#stored,
        state: this.#isOpen ? 'running' : 'hidden',
        counts: addCounts(this.#stored.counts, counts),
        ...(counts.kept > 0 && { keepsNamespace: true as const }),
      };
      const owned = ownedBy(this.#deps.peers.id);
      const waiting = { key: forgetKeys.waiting(tenant, id), value: owned, expected: 0 };
      const receipt = {
        key: forgetKeys.receipt(tenant, id),
        value: writeForget(next),
        expected: this.#version,
        stamp: 'hidden',
      };
      const batch = {
        ops: [...rows.map(eraseOp), ...back],
        receipts: this.#receipts,
        documents: this.#version > 0 ? [receipt] : [waiting, receipt],
      };
      const erasure = rowsErasure(this.#plan, rows, this.#isDerived, this.#deps.clock.now());
      const result = await listed(this.#deps, erasure, () => records.commit(namespace, batch));
      if (result.ok) {
        const hidden = { seq: result.namespace.seq, at: result.namespace.changedAt };
        this.#stored = { ...next, hidden };
        this.#gone.push(...rows.map(({ ordinal, id }) => ({ ordinal, id })));
        this.#version += 1;
        this.#receipts = [];
        const { generation } = result.namespace;
        const erased = rows.map(({ id }) => id);
        const place = { tenant, namespace, namespaceNo, generation, erased };
        await forgetInRooms(this.#deps, 'afterRows', place);
        return;
      }
      if (result.repeated) throw doneElsewhere();
    }
    throw new MemoryError('version_conflict', 'Others keep writing what is to be forgotten.');
  }

  /** Undefined where the namespace is gone. */
  async #eraseSeq(): Promise<number | undefined> {
    const records = this.#deps.records.open(this.#plan.tenant);
    const name = await records.nameOf(this.#stored.namespaceNo);
    const info = name === undefined ? undefined : await records.namespace(name);
    return info?.eraseSeq;
  }

  #weigh(records: TenantRecords, ordinals: readonly number[]): Promise<WeighedRows> {
    const { namespaceNo, sparesSystem } = this.#stored;
    return weighRows(records, namespaceNo, ordinals, this.#isDerived, sparesSystem);
  }

  /** False when something was stored there meanwhile: then the namespace stays, with that alone. */
  async #removeNamespace(): Promise<boolean> {
    const { tenant } = this.#plan;
    const { namespaceNo } = this.#stored;
    const records = this.#deps.records.open(tenant);
    const namespace = await records.nameOf(namespaceNo);
    const info = namespace === undefined ? undefined : await records.namespace(namespace);
    const at = Math.max(this.#deps.clock.now(), this.#stored.hidden?.at ?? 0);
    const erasure = goneErasure(this.#plan, at);
    const place = { tenant, namespace, namespaceNo, generation: info?.generation };
    await forgetInRooms(this.#deps, 'beforeNamespace', place);
    const isRemoved =
      namespace === undefined ||
      (await listed(this.#deps, erasure, () => records.remove(namespaceNo)));
    await forgetInRooms(this.#deps, 'afterNamespace', place);
    return isRemoved;
  }

  async #write(): Promise<void> {
    const { tenant, id } = this.#plan;
    const key = forgetKeys.receipt(tenant, id);
    const value = JSON.stringify(this.#stored);
    const version = await this.#deps.control.putIfVersion(key, value, this.#version);
    if (version === undefined) throw doneElsewhere();
    this.#version = version;
  }
}
