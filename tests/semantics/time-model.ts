/**
 * Both axes of time in the plainest form: every version of every memory is kept in a list, and a
 * question is asked of each. Nothing of the product is used here.
 */

export interface Fields {
  readonly audience: 'user' | 'system';
  readonly tags: readonly string[];
  readonly type: string;
  readonly plan: string;
  readonly occurredAt: number;
  readonly span: Span;
}

/** What it holds from, and until. */
export type Span = readonly [from: number | null, to: number | null];

export interface Version extends Fields {
  readonly at: number;
  readonly archived: boolean;
  readonly replaced: boolean;
}

export interface TimedMemory {
  readonly no: number;
  readonly key: string | undefined;
  readonly kind: 'episode' | 'fact';
  /** Oldest first. */
  readonly versions: Version[];
  readonly expiresAt: number | undefined;
}

/** Times are milliseconds; what is absent is not asked. */
export interface Question {
  readonly asOf?: number;
  readonly validAt?: number;
  readonly occurredFrom?: number;
  readonly occurredTo?: number;
  readonly audience?: 'user' | 'system';
  readonly tag?: string;
  readonly type?: string;
  readonly plan?: string;
  readonly archived?: 'too' | 'only';
}

export class TimeModel {
  readonly #memories = new Map<number, TimedMemory>();
  #made = 0;

  store(
    fields: Fields,
    place: { key?: string; isFact: boolean; ttlMs?: number },
    now: number,
  ): number {
    const { key, isFact, ttlMs } = place;
    const current = isFact && key !== undefined ? this.#currentFact(key, now) : undefined;
    if (current) current.versions.push({ ...latest(current), at: now, replaced: true });
    const no = this.#made++;
    this.#memories.set(no, {
      no,
      key,
      kind: isFact ? 'fact' : 'episode',
      versions: [{ ...fields, at: now, archived: false, replaced: false }],
      expiresAt: ttlMs === undefined ? undefined : now + ttlMs,
    });
    return no;
  }

  /** False where the product refuses. */
  change(no: number, change: Partial<Version>, now: number): boolean {
    const memory = this.#memories.get(no);
    if (!memory || isExpired(memory, now)) return false;
    const said = latest(memory);
    const isRefused = said.replaced && change.archived !== true;
    if (isRefused) return false;
    // Two facts would hold under one key.
    const comesBack = said.archived && change.archived === false && memory.kind === 'fact';
    if (comesBack && memory.key !== undefined && this.#currentFact(memory.key, now)) return false;
    const next = { ...said, ...change };
    if (JSON.stringify(next) !== JSON.stringify(said)) memory.versions.push({ ...next, at: now });
    return true;
  }

  forget(no: number): boolean {
    return this.#memories.delete(no);
  }

  /** The version that a read by id shows. */
  get(no: number, { asOf, validAt }: Question, now: number): Version | undefined {
    const memory = this.#memories.get(no);
    if (!memory || isExpired(memory, now)) return undefined;
    const version = versionAt(memory, asOf);
    return version && holds(version, validAt) ? version : undefined;
  }

  /** What a list or a search shows, oldest first. */
  ask(question: Question, now: number): { memory: TimedMemory; version: Version }[] {
    return [...this.#memories.values()].flatMap((memory) => {
      const version = isExpired(memory, now) ? undefined : versionAt(memory, question.asOf);
      return version && isShown(version, question) ? [{ memory, version }] : [];
    });
  }

  byKey(key: string, question: Question, now: number) {
    const shown = this.ask(question, now).filter(({ memory }) => memory.key === key);
    const turns = shown.filter(({ memory }) => memory.kind === 'episode');
    const facts = shown.filter(({ memory }) => memory.kind === 'fact');
    return { no: (facts.at(-1) ?? turns.at(-1))?.memory.no, turns: turns.length };
  }

  #currentFact(key: string, now: number): TimedMemory | undefined {
    return this.ask({}, now).findLast(({ memory }) => memory.key === key && memory.kind === 'fact')
      ?.memory;
  }
}

function latest({ versions }: TimedMemory): Version {
  const last = versions.at(-1);
  if (last === undefined) throw new Error('A memory has at least one version.');
  return last;
}

function versionAt({ versions }: TimedMemory, asOf = Number.POSITIVE_INFINITY) {
  return versions.findLast(({ at }) => at <= asOf);
}

/** Retention knows no past: what has expired is gone from every answer. */
function isExpired({ expiresAt }: TimedMemory, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}

function holds({ span: [from, to] }: Version, at: number | undefined): boolean {
  if (at === undefined) return true;
  return (from === null || from <= at) && (to === null || to > at);
}

function isShown(version: Version, question: Question): boolean {
  const { occurredFrom, occurredTo, audience, tag, type, plan, archived } = question;
  if (version.replaced) return false;
  if (version.archived ? archived === undefined : archived === 'only') return false;
  if (!holds(version, question.validAt)) return false;
  if (occurredFrom !== undefined && version.occurredAt < occurredFrom) return false;
  if (occurredTo !== undefined && version.occurredAt >= occurredTo) return false;
  if (audience !== undefined && version.audience !== audience) return false;
  if (tag !== undefined && !version.tags.includes(tag)) return false;
  if (type !== undefined && version.type !== type) return false;
  return plan === undefined || version.plan === plan;
}
