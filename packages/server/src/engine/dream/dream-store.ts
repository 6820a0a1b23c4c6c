/** Where dreams are kept: documents beside the records, changed by whoever read them last. */
import { MemoryError } from '../../domain/errors.ts';
import type { MemoryId, TenantId } from '../../domain/memory.ts';
import type { ControlPort } from '../../ports/control.ts';
import { controlPages } from '../control-pages.ts';
import { DreamEnded } from './dream-ended.ts';
import type { DreamAction, StoredDream } from './stored-dream.ts';

/** Where one dream lies. */
export interface DreamPlace {
  readonly tenant: TenantId;
  readonly namespaceNo: number;
  readonly id: string;
}

export interface KeptDream {
  readonly dream: StoredDream;
  /** Of its document. */
  readonly version: number;
}

/** The actions of one strategy. */
export interface KeptActions {
  readonly key: string;
  readonly version: number;
  readonly actions: readonly DreamAction[];
}

const attemptsMax = 16;

export class DreamStore {
  readonly #control: ControlPort;
  readonly #run: number | undefined;

  /**
   * `run`: of whoever runs the dream. Once another process has taken it over, nothing is read or
   * written through this any more: it throws DreamEnded.
   */
  constructor(control: ControlPort, run?: number) {
    this.#control = control;
    this.#run = run;
  }

  /** For whoever runs the dream from now on; the store of whoever ran it before is shut. */
  async begin(place: DreamPlace): Promise<DreamStore> {
    const { run } = await this.change(place, (dream) => ({ ...dream, run: (dream.run ?? 0) + 1 }));
    return new DreamStore(this.#control, run);
  }

  async create(place: DreamPlace, dream: StoredDream): Promise<void> {
    const at = JSON.stringify({ no: place.namespaceNo });
    await this.#control.putIfVersion(placeKey(place.tenant, place.id), at, 0);
    await this.#control.putIfVersion(dreamKey(place), JSON.stringify(dream), 0);
  }

  /** Undefined for an id that the tenant does not have. */
  async find(tenant: TenantId, id: string): Promise<DreamPlace | undefined> {
    const document = await this.#control.get(placeKey(tenant, id));
    if (!document) return undefined;
    const { no: namespaceNo }: { no: number } = JSON.parse(document.value);
    return { tenant, namespaceNo, id };
  }

  async read(place: DreamPlace): Promise<KeptDream | undefined> {
    const document = await this.#control.get(dreamKey(place));
    if (!document) return undefined;
    return { dream: JSON.parse(document.value), version: document.version };
  }

  /** Throws dream_not_found, and DreamEnded. */
  async need(place: DreamPlace): Promise<KeptDream> {
    const kept = await this.read(place);
    if (!kept) throw new MemoryError('dream_not_found');
    const isOver = this.#run !== undefined && kept.dream.run !== this.#run;
    if (isOver) throw new DreamEnded('stopped');
    return kept;
  }

  /** Reads, changes and writes until nobody came between. `change` may throw to leave it. */
  async change(
    place: DreamPlace,
    change: (dream: StoredDream) => StoredDream,
  ): Promise<StoredDream> {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const { dream, version } = await this.need(place);
      const next = change(dream);
      const value = JSON.stringify(next);
      const written = await this.#control.putIfVersion(dreamKey(place), value, version);
      if (written !== undefined) return next;
    }
    throw new MemoryError('version_conflict', 'Others keep changing this dream.');
  }

  /** The newest first. */
  async list(
    tenant: TenantId,
    namespaceNo: number,
    { before, limit }: { readonly before?: string; readonly limit: number },
  ): Promise<{ readonly id: string; readonly dream: StoredDream }[]> {
    const prefix = dreamPrefix(tenant, namespaceNo);
    const place = before === undefined ? {} : { before: prefix + before };
    const documents = await this.#control.list(prefix, { limit, ...place });
    return documents.map(({ key, value }) => ({
      id: key.slice(prefix.length),
      dream: JSON.parse(value),
    }));
  }

  async actions(place: DreamPlace): Promise<KeptActions[]> {
    const documents = await this.#control.list(actionPrefix(place));
    return documents.map(({ key, value, version }) => ({
      key,
      version,
      ...parseActions(value),
    }));
  }

  /**
   * Of a strategy that was run again after a crash: what was written before gives way. Throws
   * DreamEnded.
   */
  async putActions(
    place: DreamPlace,
    strategy: string,
    actions: readonly DreamAction[],
  ): Promise<void> {
    const key = actionPrefix(place) + strategy;
    const value = JSON.stringify({ actions });
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const version = (await this.#control.get(key))?.version ?? 0;
      // Whoever takes it over after this writes the same document, so that one of both is late.
      await this.need(place);
      if ((await this.#control.putIfVersion(key, value, version)) !== undefined) return;
    }
    throw new MemoryError('version_conflict', 'Another process writes the same dream.');
  }

  /** Changes actions one by one; nothing is written where none is another one. */
  async changeActions(
    place: DreamPlace,
    change: (action: DreamAction) => DreamAction,
  ): Promise<void> {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      if (await this.#changeOnce(place, change)) return;
    }
    throw new MemoryError('version_conflict', 'Others keep changing this dream.');
  }

  async #changeOnce(
    place: DreamPlace,
    change: (action: DreamAction) => DreamAction,
  ): Promise<boolean> {
    for (const { key, version, actions } of await this.actions(place)) {
      const next = actions.map(change);
      if (next.every((action, i) => action === actions[i])) continue;
      const value = JSON.stringify({ actions: next });
      if ((await this.#control.putIfVersion(key, value, version)) === undefined) return false;
    }
    return true;
  }

  /**
   * Dreams of a namespace with actions that wait or that name one of the memories; all that have
   * actions where none is named. Nothing is parsed: a forget asks it of each dream that is kept.
   */
  async naming(
    tenant: TenantId,
    namespaceNo: number,
    memories?: readonly MemoryId[],
  ): Promise<Set<string>> {
    const wanted = memories && new Set<string>(memories);
    const prefix = `dream-actions/${encodeURIComponent(tenant)}/${namespaceNo}/`;
    const ids = new Set<string>();
    for await (const page of controlPages(this.#control, prefix, tenant, documentsAtOnce)) {
      for (const { key, value } of page) {
        const [id = ''] = key.slice(prefix.length).split('/');
        if (!wanted || isWaiting(value) || names(value, wanted)) ids.add(id);
      }
    }
    return ids;
  }

  /** The newest first. */
  async all(
    tenant: TenantId,
    namespaceNo: number,
  ): Promise<{ readonly id: string; readonly isEmpty: boolean }[]> {
    const prefix = dreamPrefix(tenant, namespaceNo);
    const all: { id: string; isEmpty: boolean }[] = [];
    for await (const page of controlPages(this.#control, prefix, tenant, documentsAtOnce)) {
      all.push(
        ...page.map(({ key, value }) => ({
          id: key.slice(prefix.length),
          isEmpty: isEmpty(value),
        })),
      );
    }
    return all;
  }

  async withNotes(tenant: TenantId, namespaceNo: number): Promise<string[]> {
    const prefix = dreamPrefix(tenant, namespaceNo);
    const ids: string[] = [];
    for await (const page of controlPages(this.#control, prefix, tenant, documentsAtOnce)) {
      const noted = page.filter(({ value }) => !value.includes('"notes":[]'));
      ids.push(...noted.map(({ key }) => key.slice(prefix.length)));
    }
    return ids;
  }

  /** Everything of one dream; its document last, so that what is cut short is found again. */
  async remove(place: DreamPlace): Promise<void> {
    for (const { key } of await this.#control.list(actionPrefix(place))) {
      await this.#control.delete(key);
    }
    await this.#control.delete(placeKey(place.tenant, place.id));
    await this.#control.delete(dreamKey(place));
  }

  /** Everything of a namespace that is gone. */
  async removeAll(tenant: TenantId, namespaceNo: number): Promise<void> {
    const prefix = dreamPrefix(tenant, namespaceNo);
    for (const { key } of await this.#control.list(prefix)) {
      await this.remove({ tenant, namespaceNo, id: key.slice(prefix.length) });
    }
  }
}

/** Of some strategies they are large. */
const documentsAtOnce = 4;
/** So many are looked for one by one: that reads faster than to find all ids. */
const fewIds = 16;

/** As JSON is written; a quotation of it has other quotes. */
const isWaiting = (value: string): boolean => value.includes('"state":"pending"');

const isEmpty = (value: string): boolean => value.includes('"state":"empty"');

function names(value: string, wanted: ReadonlySet<string>): boolean {
  if (wanted.size <= fewIds) return [...wanted].some((id) => value.includes(id));
  for (const [id] of value.matchAll(/mem_[0-9a-f-]{36}/g)) if (wanted.has(id)) return true;
  return false;
}

function parseActions(value: string): Pick<KeptActions, 'actions'> {
  return JSON.parse(value);
}

export function dreamKey(place: DreamPlace): string {
  return dreamPrefix(place.tenant, place.namespaceNo) + place.id;
}

const dreamPrefix = (tenant: TenantId, namespaceNo: number): string =>
  `dreams/${encodeURIComponent(tenant)}/${namespaceNo}/`;

const placeKey = (tenant: TenantId, id: string): string =>
  `dream-places/${encodeURIComponent(tenant)}/${encodeURIComponent(id)}`;

const actionPrefix = ({ tenant, namespaceNo, id }: DreamPlace): string =>
  `dream-actions/${encodeURIComponent(tenant)}/${namespaceNo}/${id}/`;
