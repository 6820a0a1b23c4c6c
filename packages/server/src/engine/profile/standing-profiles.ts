/**
 * Profiles that stand ready: kept per namespace by its newest change, and brought up to date from
 * the log of changes when somebody asks. In memory, bounded; after a restart they are made anew.
 */
import { limits } from '../../domain/limits.ts';
import { type TenantId, textOf } from '../../domain/memory.ts';
import { KeyedMutex } from '../../util/mutex.ts';
import { createTurns } from '../../util/turns.ts';
import { memoryOf } from '../rows.ts';
import { type Composed, composeProfile } from './compose-profile.ts';
import type { ProfileLine } from './profile-line.ts';
import { followChanges, isTold, readTraces, type TraceSource, type Traces } from './read-traces.ts';
import type { ProfileSection } from './section-words.ts';
import { lineOf, type Trace } from './trace.ts';

export interface StandingProfile {
  readonly sections: ReadonlyMap<ProfileSection, readonly ProfileLine[]>;
  /** Memories that it was made from. */
  readonly lookedAt: number;
  /** False where only the newest and the standing memories were looked at. */
  readonly isComplete: boolean;
}

interface Kept {
  readonly epoch: number;
  readonly traces: Traces;
  /** Traces that it is counted for. */
  readonly size: number;
  readonly profile: StandingProfile;
  /** In between nothing of it changes by itself; milliseconds since 1970 UTC. */
  readonly from: number;
  readonly until: number;
}

export class StandingProfiles {
  /** The one that was longest not used first. */
  readonly #kept = new Map<string, Kept>();
  readonly #locks = new KeyedMutex();
  #traces = 0;
  /** Counts clearings, so that what was read before one is not kept after it. */
  #clearings = 0;

  /** As of the change of `source.info`, or of a later one. */
  async read(source: TraceSource): Promise<StandingProfile> {
    const name = nameOf(source.tenant, source.info.no);
    const fresh = this.#fresh(name, source);
    if (fresh) return fresh;
    // One after the other: who waits finds what the first one made.
    return this.#locks.run(
      name,
      async () => this.#fresh(name, source) ?? (await this.#renew(name, source)),
    );
  }

  /** After an erasure: nothing of the namespace stays here. */
  clear(tenant: TenantId, namespaceNo: number): void {
    this.#clearings += 1;
    this.#drop(nameOf(tenant, namespaceNo));
  }

  #fresh(name: string, { info, now }: TraceSource): StandingProfile | undefined {
    const kept = this.#kept.get(name);
    if (!kept || kept.epoch !== info.epoch || kept.traces.seq < info.seq) return undefined;
    if (now < kept.from || now >= kept.until) return undefined;
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    return kept.profile;
  }

  async #renew(name: string, source: TraceSource): Promise<StandingProfile> {
    const clearings = this.#clearings;
    const { info, now } = source;
    const former = this.#kept.get(name);
    // What has expired was left out then: a clock that went back may show it again.
    const isUsable = former?.epoch === info.epoch && now >= former.from;
    const followed = isUsable ? await followChanges(source, former.traces) : undefined;
    const traces = followed ?? (await readTraces(source));
    const newest = newestFirst(traces, now);
    const composed = await composeProfile(newest, now, createTurns(source.tenant));
    const sections = new Map(composed.sections);
    sections.set('open_threads', await threadLines(source, composed));
    const { isComplete } = traces;
    const profile = { sections, lookedAt: newest.length, isComplete };
    if (clearings === this.#clearings) {
      this.#drop(name);
      const { size } = traces.byOrdinal;
      const { until } = composed;
      this.#kept.set(name, { epoch: info.epoch, traces, size, profile, from: now, until });
      this.#traces += size;
      this.#trim(name);
    }
    return profile;
  }

  #trim(used: string): void {
    for (const name of this.#kept.keys()) {
      if (this.#traces <= limits.profileTracesMax || name === used) break;
      this.#drop(name);
    }
  }

  #drop(name: string): void {
    this.#traces -= this.#kept.get(name)?.size ?? 0;
    this.#kept.delete(name);
  }
}

/** Those that have not expired. Numbers alone sort ten times as fast as what they stand for. */
function newestFirst({ byOrdinal }: Traces, now: number): Trace[] {
  const found: Trace[] = [];
  for (const ordinal of Float64Array.from(byOrdinal.keys()).sort().reverse()) {
    const trace = byOrdinal.get(ordinal);
    if (trace && (trace.expiresAt === null || trace.expiresAt > now)) found.push(trace);
  }
  return found;
}

/** Where each open thread stands: its key, and who said what last. */
async function threadLines(
  { records, info, now }: TraceSource,
  { threads }: Composed,
): Promise<ProfileLine[]> {
  if (threads.length === 0) return [];
  const ordinals = threads.map(({ ordinal }) => ordinal).sort((a, b) => a - b);
  const rows = await records.byOrdinal(info.no, ordinals);
  const lines = rows.filter((row) => isTold(row, now)).reverse();
  return lines.map((row) => {
    const { body } = memoryOf(info.name, row);
    const head = [body.key, body.speaker].filter((part) => part !== undefined);
    return {
      text: lineOf([...head, textOf(body.value)].join(': ')),
      sources: [row.id],
      updatedAt: row.updatedAt,
      confidence: row.confidence,
      isFlagged: row.trust !== 'normal',
      ordinal: row.ordinal,
    };
  });
}

function nameOf(tenant: TenantId, namespaceNo: number): string {
  return `${tenant}\n${namespaceNo}`;
}
