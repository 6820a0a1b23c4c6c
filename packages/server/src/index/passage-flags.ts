/** A passage's kind, audience and state in one 16-bit word. */
import { isStanding, type Kind, kinds } from '../domain/memory.ts';
import type { AnalysisRow } from '../ports/records.ts';

/** The two low bits are the kind's place in `kinds`. */
const kindMask = 3;

export const passageFlag = {
  system: 4,
  flagged: 8,
  quarantined: 16,
  archived: 32,
  superseded: 64,
  /** Replaced by a newer copy, or erased: a tombstone. */
  dead: 128,
  /** Stands for a memory without passages: it is listed but never found. */
  bare: 256,
  /** The memory has more than one passage. */
  several: 512,
  /** The last passage of its memory: the ones before it may lie in another part. */
  last: 1024,
  /** Pinned, or important enough to be told without being asked for. */
  standing: 2048,
  pinned: 4096,
} as const;

/** Any of these keeps a passage out of an answer that does not ask for it. */
export const hiddenMask =
  passageFlag.quarantined | passageFlag.archived | passageFlag.superseded | passageFlag.dead;

/** The bits that follow the row's columns and may change without new passages. */
export const rowMask = ~(
  passageFlag.dead |
  passageFlag.bare |
  passageFlag.several |
  passageFlag.last
);

export function flagsOf(row: AnalysisRow): number {
  return (
    kinds.indexOf(row.kind) |
    (row.audience === 'system' ? passageFlag.system : 0) |
    (row.trust === 'flagged' ? passageFlag.flagged : 0) |
    (row.trust === 'quarantined' ? passageFlag.quarantined : 0) |
    (row.archived ? passageFlag.archived : 0) |
    (row.pinned ? passageFlag.pinned : 0) |
    (isStanding(row) ? passageFlag.standing : 0) |
    (row.supersededAt === null ? 0 : passageFlag.superseded)
  );
}

export function kindOf(flags: number): Kind {
  return kinds[kindPlace(flags)] ?? 'episode';
}

/** Place in `kinds`. */
export function kindPlace(flags: number): number {
  return flags & kindMask;
}

/** A set of kinds as bits, to be tested with {@link kindBit}. */
export function kindBits(wanted: readonly Kind[]): number {
  return wanted.reduce((bits, kind) => bits | (1 << kinds.indexOf(kind)), 0);
}

export function kindBit(flags: number): number {
  return 1 << (flags & kindMask);
}
