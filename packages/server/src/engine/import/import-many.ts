/** Imports a batch of memories: each once, however often and however far it was tried before. */
import { requireAudience, requireNamespace } from '../../domain/access.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { RecordRow, TenantRecords } from '../../ports/records.ts';
import { createTurns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';
import { type PreparedStore, prepareStore } from '../store/prepare.ts';
import type { ImportItem, ImportOutcome } from './import-item.ts';
import { importedId, memoryIdentity } from './imported-id.ts';
import { type ImportPlan, planImport, replacesFact } from './plan-import.ts';

/** Tries against writers of the same keys. */
const attemptsMax = 8;
/** Facts between a current one and the one that was current here; a file may lead in circles. */
const chainMax = 10_000;
/** Ids looked up at once; items may name a thousand sources each. */
const idsPerRead = 256;

/**
 * Outcomes in order of the items. A refused item does not stop the others; a failure of the store
 * itself (disk full) is thrown, and what was committed before stays.
 */
export async function importMany(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  items: readonly ImportItem[],
): Promise<ImportOutcome[]> {
  const outcomes = new Map<ImportItem, ImportOutcome>();
  const batch = new ImportBatch(deps, scope, namespace);
  await batch.look(items);
  const turns = createTurns(scope.tenant);
  const settle = (done: readonly Settled[]) => {
    for (const { item, ...outcome } of done) outcomes.set(item, { line: item.line, ...outcome });
  };
  for (const item of items) {
    if (turns.due()) await turns.next();
    if (batch.isPresent(item)) {
      settle([{ item, status: 'present' }]);
      continue;
    }
    const prepared = await unlessRefused(() =>
      prepareStore(deps, scope, namespace, item.input, 'import'),
    );
    if (MemoryError.isInstance(prepared)) {
      settle([{ item, status: 'failed', error: prepared }]);
      continue;
    }
    if (batch.mustCommitBefore(item, prepared)) settle(await batch.commit());
    const refused = await unlessRefused(() => batch.add(item, prepared));
    if (MemoryError.isInstance(refused)) settle([{ item, status: 'failed', error: refused }]);
  }
  settle(await batch.commit());
  return items.flatMap((item) => outcomes.get(item) ?? []);
}

/** What is wrong with the memory is its outcome; what is wrong with the store is thrown. */
async function unlessRefused<Done>(run: () => Promise<Done>): Promise<Done | MemoryError> {
  try {
    return await run();
  } catch (error) {
    if (MemoryError.isInstance(error) && error.status < 500) return error;
    throw error;
  }
}

type Settled = { readonly item: ImportItem } & (
  | { readonly status: 'imported' | 'replaced' | 'present' }
  | { readonly status: 'failed'; readonly error: MemoryError }
);

interface Planned {
  readonly item: ImportItem;
  readonly prepared: PreparedStore;
  readonly plan: ImportPlan;
}

/** Planned items that will be committed together. */
class ImportBatch {
  readonly #deps: EngineDeps;
  readonly #scope: Scope;
  readonly #namespace: NamespaceName;
  readonly #records: TenantRecords;
  /** Ids of the namespace, of those that the items name. */
  readonly #present = new Set<MemoryId>();
  #planned: Planned[] = [];
  #keys = new Set<string>();

  constructor(deps: EngineDeps, scope: Scope, namespace: NamespaceName) {
    this.#deps = deps;
    this.#scope = scope;
    this.#namespace = namespace;
    this.#records = openRecords(deps, scope);
  }

  /** Learns which of the items, and of the memories they point to, the namespace has. */
  async look(items: readonly ImportItem[]): Promise<void> {
    requireNamespace(this.#scope.access, this.#namespace);
    const info = await this.#records.namespace(this.#namespace);
    if (!info) return;
    const turns = createTurns(this.#scope.tenant);
    const asked = items.flatMap((item) => [this.#idOf(item), ...fileIdsOf(item)]);
    const ids = [...new Set(asked)];
    for (let at = 0; at < ids.length; at += idsPerRead) {
      const found = await this.#records.byId(ids.slice(at, at + idsPerRead), info.no);
      for (const { row } of found) this.#present.add(row.id);
      if (turns.due()) await turns.next();
    }
  }

  isPresent(item: ImportItem): boolean {
    const id = this.#idOf(item);
    const isHere = this.#present.has(id) || this.#planned.some(({ plan }) => plan.id === id);
    return isHere || (item.state !== undefined && this.#present.has(item.state.id));
  }

  /** A key that the batch already writes must be committed before it is read again. */
  mustCommitBefore(item: ImportItem, prepared: PreparedStore): boolean {
    const { keyHash } = prepared;
    const replaces = replacesFact(item, prepared, this.#deps.clock.now());
    return keyHash !== null && replaces && this.#keys.has(keyHash);
  }

  async add(item: ImportItem, prepared: PreparedStore): Promise<void> {
    const plan = await this.#plan(item, prepared);
    this.#planned.push({ item, prepared, plan });
    if (prepared.keyHash !== null) this.#keys.add(prepared.keyHash);
  }

  async commit(): Promise<Settled[]> {
    const planned = this.#planned;
    this.#planned = [];
    this.#keys = new Set();
    if (planned.length === 0) return [];
    if (await this.#write(planned)) return planned.map(settled);
    // Somebody else wrote one of the keys, or imports the same: each item finds its own way.
    const done: Settled[] = [];
    for (const one of planned) done.push(await this.#commitAlone(one));
    return done;
  }

  async #commitAlone({ item, prepared }: Planned): Promise<Settled> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      await this.look([item]);
      if (this.isPresent(item)) return { item, status: 'present' };
      const plan = await unlessRefused(() => this.#plan(item, prepared));
      if (MemoryError.isInstance(plan)) return { item, status: 'failed', error: plan };
      const one = { item, prepared, plan };
      if (await this.#write([one])) return settled(one);
    }
    throw new MemoryError('overloaded', 'Others keep writing the same keys; import again.');
  }

  async #write(planned: readonly Planned[]): Promise<boolean> {
    const ops = planned.flatMap(({ plan }) => plan.ops);
    const expect = planned.flatMap(({ plan }) => plan.expect);
    const generation = this.#deps.embeddings.generations.target.no;
    const result = await this.#records.commit(this.#namespace, { generation, ops, expect });
    if (!result.ok) return false;
    this.#deps.backfill.expect(ops);
    for (const { plan } of planned) this.#present.add(plan.id);
    return true;
  }

  async #plan(item: ImportItem, prepared: PreparedStore): Promise<ImportPlan> {
    const now = this.#deps.clock.now();
    const replaces = replacesFact(item, prepared, now);
    const current = replaces ? await this.#currentFact(prepared) : undefined;
    const plan = planImport(item, prepared, {
      id: this.#idOf(item),
      now,
      current,
      succeedsCurrent: await this.#succeeds(item, current?.id),
      resolve: (id) => this.#resolve(id, item.state?.importId ?? ''),
    });
    const { access } = this.#scope;
    if (plan.replaces && current) requireAudience(access, this.#namespace, current.audience);
    return plan;
  }

  async #currentFact({ keyHash }: PreparedStore): Promise<RecordRow | null> {
    const info = await this.#records.namespace(this.#namespace);
    if (!info || keyHash === null) return null;
    return (await this.#records.byKey(info.no, keyHash, this.#deps.clock.now())).fact;
  }

  /** Former facts are committed before their successor is planned: the rows tell the chain. */
  async #succeeds({ state }: ImportItem, current: MemoryId | undefined): Promise<boolean> {
    const info = current && (await this.#records.namespace(this.#namespace));
    if (!info || !state?.supersedes) return false;
    const turns = createTurns(this.#scope.tenant);
    let id: MemoryId | null = this.#resolve(state.supersedes, state.importId);
    for (let step = 0; id !== null && step < chainMax; step++) {
      if (id === current) return true;
      if (turns.due()) await turns.next();
      const found = await this.#records.byId([id], info.no);
      id = found[0]?.row.supersedes ?? null;
    }
    return false;
  }

  /** Links stay inside the namespace: what is not there is known by the id it gets or would get. */
  #resolve(id: MemoryId, importId: string): MemoryId {
    if (this.#present.has(id)) return id;
    return importedId(this.#scope, this.#namespace, memoryIdentity(id, importId));
  }

  #idOf({ identity }: ImportItem): MemoryId {
    return importedId(this.#scope, this.#namespace, identity);
  }
}

function settled({ item, plan }: Planned): Settled {
  return { item, status: plan.replaces ? 'replaced' : 'imported' };
}

function fileIdsOf({ state }: ImportItem): MemoryId[] {
  if (!state) return [];
  const { id, supersedes, supersededBy, echoOf, links, derivedFrom } = state;
  const targets = [...links.map((link) => link.id), ...derivedFrom];
  return [id, supersedes, supersededBy, echoOf, ...targets].filter((link) => link !== null);
}
