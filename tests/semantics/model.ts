/**
 * What storing, forgetting and time mean, in the plainest form: a list of memories. Nothing of the
 * product is used here, so that a mistake would have to be made twice.
 */

export type Key = 'plan' | 'chat';
export type Tag = 'red' | 'blue';

export interface StoreStep {
  readonly text: string;
  readonly key?: Key;
  readonly mode?: 'append' | 'replace';
  readonly tags: readonly Tag[];
  /** Milliseconds until it expires. */
  readonly ttlMs?: number;
}

/** A memory in the words of then. */
export interface Then {
  readonly no: number;
  readonly text: string;
  readonly tags: ReadonlySet<Tag>;
  readonly textNow: string;
}

export interface PatchStep {
  readonly text?: string;
  readonly tags?: readonly Tag[];
  /** Never expires any more. */
  readonly isKept?: boolean;
}

/** What a version of a memory says, and from when on. */
interface Version {
  readonly at: number;
  readonly text: string;
  readonly tags: ReadonlySet<Tag>;
  readonly archived: boolean;
}

export interface ModelMemory {
  /** Number of the memory in the order of being made. */
  readonly no: number;
  readonly key: Key | undefined;
  readonly kind: 'episode' | 'fact';
  readonly createdAt: number;
  /** Oldest first. */
  readonly versions: Version[];
  /** As the wire counts it: a fact that replaces another goes on counting. */
  version: number;
  archived: boolean;
  expiresAt: number | undefined;
  supersededAt: number | undefined;
  supersedes: number | undefined;
}

export type ModelStatus = 'stored' | 'appended' | 'replaced' | 'merged' | 'unchanged';

export class Model {
  #memories: ModelMemory[] = [];
  #made = 0;

  store(step: StoreStep, now: number): { status: ModelStatus; memory: ModelMemory } {
    const { key, text } = step;
    const tags = new Set(step.tags);
    const expiresAt = step.ttlMs === undefined ? undefined : now + step.ttlMs;
    const replaces = key !== undefined && step.mode !== 'append';
    if (!replaces) {
      const memory = this.#put(step, 'episode', now);
      return { status: key === undefined ? 'stored' : 'appended', memory };
    }
    const current = this.#currentFact(key, now);
    if (current === undefined) return { status: 'stored', memory: this.#put(step, 'fact', now) };
    const said = latest(current);
    if (said.text !== text) {
      const memory = this.#put(step, 'fact', now);
      memory.version = current.version + 1;
      memory.supersedes = current.no;
      current.supersededAt = now;
      // Being replaced is a version of its own, which says the same.
      current.version += 1;
      current.versions.push({ ...said, at: now });
      return { status: 'replaced', memory };
    }
    const union = new Set([...said.tags, ...tags]);
    const isSame =
      union.size === said.tags.size && (expiresAt === undefined || expiresAt === current.expiresAt);
    if (isSame) return { status: 'unchanged', memory: current };
    current.versions.push({ ...said, at: now, text, tags: union });
    current.version += 1;
    if (expiresAt !== undefined) current.expiresAt = expiresAt;
    return { status: 'merged', memory: current };
  }

  /** What became of it; undefined when it is not there. */
  patch(no: number, step: PatchStep, now: number): 'updated' | 'unchanged' | 'refused' | undefined {
    const memory = this.#find(no, now);
    if (memory === undefined) return undefined;
    if (memory.supersededAt !== undefined) return 'refused';
    const said = latest(memory);
    const text = step.text ?? said.text;
    const tags = new Set(step.tags ?? said.tags);
    const isSame = text === said.text && sameTags(tags, said.tags);
    const expiresAt = step.isKept ? undefined : memory.expiresAt;
    if (isSame && expiresAt === memory.expiresAt) return 'unchanged';
    memory.versions.push({ ...said, at: now, text, tags });
    memory.version += 1;
    memory.expiresAt = expiresAt;
    return 'updated';
  }

  setArchived(no: number, archived: boolean, now: number): ReturnType<Model['patch']> {
    const memory = this.#find(no, now);
    if (memory === undefined) return undefined;
    if (!archived && memory.supersededAt !== undefined) return 'refused';
    if (memory.archived === archived) return 'unchanged';
    const { key, kind } = memory;
    const isFact = kind === 'fact' && key !== undefined;
    if (!archived && isFact && this.#currentFact(key, now) !== undefined) return 'refused';
    memory.archived = archived;
    memory.version += 1;
    // A version of its own, which says the same.
    memory.versions.push({ ...latest(memory), at: now, archived });
    return 'updated';
  }

  /** False when it is not there. */
  forget(no: number): boolean {
    const left = this.#memories.filter((memory) => memory.no !== no);
    const isGone = left.length < this.#memories.length;
    this.#memories = left;
    return isGone;
  }

  /** Of the key: every turn and every version of the fact, whatever has become of it. */
  forgetKey(key: Key): number {
    return this.#forgetAll((memory) => memory.key === key);
  }

  /** Whose words of now have the tag, whatever has become of it. */
  forgetTag(tag: Tag): number {
    return this.#forgetAll((memory) => latest(memory).tags.has(tag));
  }

  forgetNamespace(): number {
    return this.#forgetAll(() => true);
  }

  #forgetAll(isGone: (memory: ModelMemory) => boolean): number {
    const left = this.#memories.filter((memory) => !isGone(memory));
    const count = this.#memories.length - left.length;
    this.#memories = left;
    return count;
  }

  /** What a plain list shows, oldest first. */
  current(now: number): ModelMemory[] {
    return this.#memories.filter((memory) => isCurrent(memory, now));
  }

  /** What was known then, in the words of then. What has expired since is gone for good. */
  asOf(then: number, now: number): Then[] {
    return this.#memories.flatMap((memory) => {
      if (memory.createdAt > then || isExpired(memory, now)) return [];
      if (memory.supersededAt !== undefined && memory.supersededAt <= then) return [];
      const version = memory.versions.findLast(({ at }) => at <= then);
      return version === undefined || version.archived
        ? []
        : [{ no: memory.no, ...version, textNow: latest(memory).text }];
    });
  }

  /** The current fact of the key, else the last turn; and how many turns. */
  byKey(key: Key, now: number): { memory: ModelMemory | undefined; turns: number } {
    const turns = this.current(now).filter((one) => one.key === key && one.kind === 'episode');
    return { memory: this.#currentFact(key, now) ?? turns.at(-1), turns: turns.length };
  }

  get(no: number, now: number): ModelMemory | undefined {
    return this.#find(no, now);
  }

  #find(no: number, now: number): ModelMemory | undefined {
    return this.#memories.find((memory) => memory.no === no && !isExpired(memory, now));
  }

  #currentFact(key: Key, now: number): ModelMemory | undefined {
    return this.current(now).findLast((memory) => memory.key === key && memory.kind === 'fact');
  }

  #put(step: StoreStep, kind: ModelMemory['kind'], now: number): ModelMemory {
    const memory: ModelMemory = {
      no: this.#made,
      key: step.key,
      kind,
      createdAt: now,
      versions: [{ at: now, text: step.text, tags: new Set(step.tags), archived: false }],
      version: 1,
      archived: false,
      expiresAt: step.ttlMs === undefined ? undefined : now + step.ttlMs,
      supersededAt: undefined,
      supersedes: undefined,
    };
    this.#made += 1;
    this.#memories.push(memory);
    return memory;
  }
}

export function latest({ versions }: ModelMemory): Version {
  const last = versions.at(-1);
  if (last === undefined) throw new Error('A memory has at least one version.');
  return last;
}

function isExpired({ expiresAt }: ModelMemory, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

function isCurrent(memory: ModelMemory, now: number): boolean {
  return memory.supersededAt === undefined && !memory.archived && !isExpired(memory, now);
}

function sameTags(a: ReadonlySet<Tag>, b: ReadonlySet<Tag>): boolean {
  return a.size === b.size && [...a].every((tag) => b.has(tag));
}
