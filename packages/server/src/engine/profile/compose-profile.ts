/** From what memories add to the lines of a profile: without I/O and clock. */
import type { MemoryId } from '../../domain/memory.ts';
import { foldTerm } from '../../text/fold.ts';
import { isSaidIn, type Said, saidBy } from '../../text/same-words.ts';
import { once } from '../../util/once.ts';
import type { Turns } from '../../util/turns.ts';
import { oftenNamed } from './often-named.ts';
import { openThreads } from './open-threads.ts';
import type { ProfileLine } from './profile-line.ts';
import { type ProfileSection, profileSections } from './section-words.ts';
import { type Claim, type Trace, tracesAtOnce } from './trace.ts';

export interface Composed {
  readonly sections: ReadonlyMap<ProfileSection, readonly ProfileLine[]>;
  /** Last turns of the open threads, whose texts are still to be read; the newest first. */
  readonly threads: readonly Trace[];
  /** Until when nothing of it changes by itself, in milliseconds since 1970 UTC. */
  readonly until: number;
}

/** Lines of a section. */
export const linesMax = 8;

interface Candidate {
  readonly trace: Trace;
  readonly claim: Claim;
}

/** `traces` come the newest first, and none of them has expired. */
export async function composeProfile(
  traces: readonly Trace[],
  now: number,
  turns: Turns,
): Promise<Composed> {
  let until = Number.POSITIVE_INFINITY;
  const candidates: Candidate[] = [];
  for (const [i, trace] of traces.entries()) {
    if (i % tracesAtOnce === 0 && turns.due()) await turns.next();
    const { expiresAt, validFrom, validTo } = trace;
    for (const at of [expiresAt, validFrom, validTo]) {
      if (at !== null && at > now) until = Math.min(until, at);
    }
    if (!holds(trace, now)) continue;
    for (const claim of trace.claims) candidates.push({ trace, claim });
  }
  const episodes = traces.filter(({ kind }) => kind === 'episode');
  const open = openThreads(episodes, now);
  return {
    sections: await chooseLines(candidates, traces, turns),
    threads: open.turns.slice(0, linesMax),
    until: Math.min(until, open.changesAt),
  };
}

/** A fact of another time is no part of who somebody is. */
function holds({ validFrom, validTo }: Trace, now: number): boolean {
  return (validFrom === null || validFrom <= now) && (validTo === null || validTo > now);
}

async function chooseLines(
  candidates: readonly Candidate[],
  traces: readonly Trace[],
  turns: Turns,
): Promise<Map<ProfileSection, ProfileLine[]>> {
  const ids = once(() => new Set(traces.map(({ id }) => id)));
  const lines = new Lines();
  for (const { trace, claim } of [...candidates].sort(byWorth)) {
    if (turns.due()) await turns.next();
    lines.add(claim.section, () => lineFrom(trace, claim, ids));
  }
  const named = await oftenNamed(traces, ownNamesOf(candidates), turns);
  for (const { section, normal, line } of named) {
    if (turns.due()) await turns.next();
    if (!lines.names(section, normal)) lines.add(section, line);
  }
  return lines.sections;
}

/** Pinned before important, keys before what was told or derived, then by rank, newest first. */
function byWorth(a: Candidate, b: Candidate): number {
  return (
    Number(b.trace.pinned) - Number(a.trace.pinned) ||
    b.trace.importance - a.trace.importance ||
    weightOf(a.trace) - weightOf(b.trace) ||
    a.claim.rank - b.claim.rank ||
    b.trace.ordinal - a.trace.ordinal
  );
}

function weightOf({ kind, keyHash }: Trace): number {
  if (kind === 'fact') return keyHash === null ? 1 : 0;
  return kind === 'derived' ? 2 : 3;
}

/** Of sources that cannot be read any more nothing is told. */
function lineFrom(trace: Trace, claim: Claim, ids: () => ReadonlySet<MemoryId>): ProfileLine {
  const { id, ordinal, updatedAt, confidence, isFlagged, derivedFrom } = trace;
  const sources = [id, ...derivedFrom.filter((source) => ids().has(source))];
  return { text: claim.text, sources, updatedAt, confidence, isFlagged, ordinal };
}

function ownNamesOf(candidates: readonly Candidate[]): Set<string> {
  const names = candidates.flatMap(({ trace, claim }) =>
    claim.ownName === undefined || trace.isFlagged ? [] : [claim.ownName],
  );
  return new Set(names.flatMap((name) => [name, name.split(' ')[0] ?? name]));
}

/** The same is never said twice, and no section is longer than it may be. */
class Lines {
  readonly sections = new Map<ProfileSection, ProfileLine[]>(
    profileSections.map((section) => [section, []]),
  );
  readonly #said: Said[] = [];
  /** Words of the lines of a section, folded, with a space around each. */
  readonly #words = new Map<ProfileSection, string>();

  add(section: ProfileSection, make: () => ProfileLine): void {
    const lines = this.sections.get(section) ?? [];
    if (lines.length >= linesMax) return;
    const line = make();
    const said = saidBy(line.text);
    if (this.#said.some((other) => isSaidIn(said, other))) return;
    this.#said.push(said);
    this.#words.set(section, `${this.#words.get(section) ?? ''} ${wordsOf(line.text)} `);
    lines.push(line);
  }

  /** Whether a line of the section tells of that name already. */
  names(section: ProfileSection, normal: string): boolean {
    return this.#words.get(section)?.includes(` ${wordsOf(normal)} `) ?? false;
  }
}

const wordsOf = (text: string): string => saidBy(foldTerm(text)).join(' ');
