/** Schedules: dreams that start by the clock, or after so many changes. */
import { requireNamespace, requireRead } from '../../domain/access.ts';
import type { DreamBudget, StrategyId } from '../../domain/dream.ts';
import { MemoryError } from '../../domain/errors.ts';
import { makeId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import { controlPages } from '../control-pages.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';
import { type CronTimes, nextRun } from './cron.ts';
import { DreamStore } from './dream-store.ts';
import type { Dream, Dreams, DreamsOptions } from './dreams.ts';
import type { AutoApply } from './stored-dream.ts';

/** What a schedule starts. */
export interface ScheduledDream {
  readonly strategies: readonly StrategyId[];
  readonly budget: DreamBudget;
  readonly autoApply?: AutoApply;
}

/** Times are milliseconds since 1970 UTC. */
export interface StoredSchedule extends ScheduledDream {
  /** The name of what it was made from. */
  readonly preset?: string;
  readonly times?: CronTimes;
  /** Changes of the namespace after which a dream starts. */
  readonly afterWrites?: number;
  /** The key in whose name it runs: when that is gone, it stops. */
  readonly actor: string;
  readonly createdAt: number;
  /** Absent where only changes count, and where the clock never comes there. */
  readonly nextAt?: number;
  /** The newest change when it last fired. */
  readonly lastSeq: number;
  readonly lastAt?: number;
  readonly lastDream?: string;
  /** Why it does not fire. */
  readonly stopped?: string;
}

export interface Schedule extends StoredSchedule {
  readonly id: string;
  readonly namespace: NamespaceName;
}

export interface ScheduleRequest extends ScheduledDream {
  readonly namespace: NamespaceName;
  readonly preset?: string;
  readonly times?: CronTimes;
  readonly afterWrites?: number;
}

interface Parts {
  readonly deps: Pick<EngineDeps, 'control' | 'clock' | 'records'>;
  readonly dreams: Pick<Dreams, 'start'>;
  readonly scopeOf: DreamsOptions['scopeOf'];
  readonly onFault: (error: unknown) => void;
  /** Of several servers of one store one looks at the clock. */
  readonly isOnDuty: () => boolean;
}

const prefix = 'dream-schedules/';
const lookEveryMs = 20_000;
const keyIsGone =
  'The key that made it is revoked, or may not do this any more, or its tenant is suspended.';
/** A clock that is behind what was written by so much was set back. */
const setBackMs = 60_000;

export class Schedules {
  readonly #parts: Parts;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws too_many_items, and invalid_request for times that cannot be read. */
  async create(scope: Scope, request: ScheduleRequest): Promise<Schedule> {
    const { namespace, ...wanted } = request;
    const info = await this.#open(scope, namespace);
    const { control, clock } = this.#parts.deps;
    const kept = await control.list(prefixOf(scope.tenant, info.no));
    if (kept.length >= limits.schedulesMax) {
      const message = `A namespace has ${limits.schedulesMax} schedules; delete one first.`;
      throw new MemoryError('too_many_items', message);
    }
    const now = clock.now();
    const nextAt = wanted.times && nextRun(wanted.times, now);
    const stored: StoredSchedule = {
      ...wanted,
      ...{ actor: scope.actor, createdAt: now, lastSeq: info.seq },
      ...(nextAt !== undefined && { nextAt }),
    };
    const id = makeId('schedule', now, clock.randomBytes(10));
    await control.putIfVersion(prefixOf(scope.tenant, info.no) + id, JSON.stringify(stored), 0);
    return { ...stored, id, namespace };
  }

  /** Oldest first. */
  async list(scope: Scope, namespace: NamespaceName): Promise<Schedule[]> {
    const info = await this.#open(scope, namespace);
    const place = prefixOf(scope.tenant, info.no);
    const documents = await this.#parts.deps.control.list(place);
    return documents
      .map(({ key, value }) => ({ ...parse(value), id: key.slice(place.length), namespace }))
      .sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Of every namespace that the caller may dream in, the oldest first. */
  async listAll(scope: Scope): Promise<Schedule[]> {
    const { control } = this.#parts.deps;
    const records = openRecords(this.#parts.deps, scope);
    const found: Schedule[] = [];
    for (const { key, value } of await control.list(tenantPrefixOf(scope.tenant))) {
      const { namespaceNo, id } = placeOf(key);
      const namespace = await records.nameOf(namespaceNo);
      if (namespace === undefined || !mayDream(scope, namespace)) continue;
      found.push({ ...parse(value), id, namespace });
    }
    return found.sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Throws schedule_not_found. */
  async delete(scope: Scope, namespace: NamespaceName, id: string): Promise<void> {
    const info = await this.#open(scope, namespace);
    const isGone = await this.#parts.deps.control.delete(prefixOf(scope.tenant, info.no) + id);
    if (!isGone) throw new MemoryError('schedule_not_found');
  }

  /** Fires what is due, now and from time to time. What fell due while nobody ran fires once. */
  watch(): Promise<void> {
    this.#timer ??= setInterval(() => void this.watch(), lookEveryMs).unref();
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { deps, onFault, isOnDuty } = this.#parts;
    if (!isOnDuty()) return;
    try {
      for await (const page of controlPages(deps.control, prefix, prefix)) {
        for (const { key, value, version } of page) {
          await this.#fire(key, parse(value), version).catch(onFault);
        }
      }
    } catch (error) {
      onFault(error);
    }
  }

  /** Whoever writes the next time first starts the dream: of several processes one does. */
  async #fire(key: string, schedule: StoredSchedule, version: number): Promise<void> {
    const { deps, scopeOf } = this.#parts;
    const { tenant, namespaceNo } = placeOf(key);
    const now = deps.clock.now();
    if (await this.#setBack(key, schedule, version)) return;
    const isTime = schedule.nextAt !== undefined && schedule.nextAt <= now;
    if (!isTime && schedule.afterWrites === undefined) return;
    const scope = scopeOf(tenant, schedule.actor);
    const info = scope && (await this.#infoOf(scope, namespaceNo));
    if (!scope || !info) {
      if (schedule.stopped !== undefined) return;
      await this.#put(key, { ...schedule, stopped: keyIsGone }, version);
      return;
    }
    if (!isTime && !(await this.#isFull(schedule, info, tenant))) return;
    const { nextAt: _, stopped: __, ...rest } = schedule;
    const nextAt = schedule.times && nextRun(schedule.times, now);
    const fired = { ...rest, lastAt: now, lastSeq: info.seq, ...(nextAt && { nextAt }) };
    const claimed = await this.#put(key, fired, version);
    // Where nothing was written since the last time there is nothing new to find.
    if (claimed === undefined || (info.seq === schedule.lastSeq && schedule.lastDream)) return;
    const dream = await this.#start(scope, info, key, schedule);
    // While another one runs it waits, as it has not seen all that was written since.
    const next = dream ? { ...fired, lastDream: dream.id } : schedule;
    await this.#put(key, next, claimed);
  }

  /** Undefined where another dream runs. */
  #start(
    scope: Scope,
    info: NamespaceInfo,
    key: string,
    schedule: StoredSchedule,
  ): Promise<Pick<Dream, 'id'> | undefined> {
    const { strategies, budget, autoApply } = schedule;
    const wanted = { strategies, budget, ...(autoApply && { autoApply }), dryRun: false };
    const request = { ...wanted, namespace: info.name, schedule: placeOf(key).id };
    return this.#parts.dreams.start(scope, request).catch((error: unknown) => {
      if (MemoryError.isInstance(error) && error.code === 'dream_running') return undefined;
      throw error;
    });
  }

  /** What its own dream has written is nothing new. */
  async #isFull(
    { afterWrites = Number.POSITIVE_INFINITY, lastSeq, lastDream: id }: StoredSchedule,
    { no: namespaceNo, seq }: NamespaceInfo,
    tenant: TenantId,
  ): Promise<boolean> {
    if (seq - lastSeq < afterWrites) return false;
    const store = new DreamStore(this.#parts.deps.control);
    const last = id === undefined ? undefined : await store.read({ tenant, namespaceNo, id });
    if (!last) return true;
    const { touched, added, state } = last.dream;
    const own = (touched.length + added.length) * (state === 'undone' ? 2 : 1);
    return seq - lastSeq - own >= afterWrites;
  }

  /** True where the clock was set back since, and the next time is another one. */
  async #setBack(key: string, schedule: StoredSchedule, version: number): Promise<boolean> {
    const { nextAt, times, lastAt, createdAt } = schedule;
    const now = this.#parts.deps.clock.now();
    if (!times || (lastAt ?? createdAt) <= now + setBackMs) return false;
    const next = nextRun(times, now);
    if (next === undefined || next >= (nextAt ?? Number.POSITIVE_INFINITY)) return false;
    await this.#put(key, { ...schedule, nextAt: next }, version);
    return true;
  }

  async #infoOf(scope: Scope, namespaceNo: number): Promise<NamespaceInfo | undefined> {
    const records = openRecords(this.#parts.deps, scope);
    const name = await records.nameOf(namespaceNo);
    return name === undefined ? undefined : records.namespace(name);
  }

  #put(key: string, schedule: StoredSchedule, version: number): Promise<number | undefined> {
    return this.#parts.deps.control.putIfVersion(key, JSON.stringify(schedule), version);
  }

  async #open(scope: Scope, namespace: NamespaceName): Promise<NamespaceInfo> {
    requireNamespace(scope.access, namespace);
    requireRead(scope.access, namespace);
    const info = await openRecords(this.#parts.deps, scope).namespace(namespace);
    if (!info) throw new MemoryError('namespace_not_found');
    return info;
  }
}

/** Of a namespace that is gone. */
export async function removeSchedules(
  { control }: Pick<EngineDeps, 'control'>,
  tenant: TenantId,
  namespaceNo: number,
): Promise<void> {
  for (const { key } of await control.list(prefixOf(tenant, namespaceNo))) {
    await control.delete(key);
  }
}

function mayDream({ access }: Scope, namespace: NamespaceName): boolean {
  return access.isFull || (access.allows(namespace) && access.allowsRead(namespace));
}

const tenantPrefixOf = (tenant: TenantId): string => `${prefix}${encodeURIComponent(tenant)}/`;

const prefixOf = (tenant: TenantId, namespaceNo: number): string =>
  `${tenantPrefixOf(tenant)}${namespaceNo}/`;

function placeOf(key: string): { tenant: TenantId; namespaceNo: number; id: string } {
  const [tenant = '', namespaceNo = '', id = ''] = key.slice(prefix.length).split('/');
  const name = decodeURIComponent(tenant) as TenantId;
  return { tenant: name, namespaceNo: Number(namespaceNo), id };
}

function parse(value: string): StoredSchedule {
  return JSON.parse(value);
}
