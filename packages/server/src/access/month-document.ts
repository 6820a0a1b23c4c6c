/** What is written of the operations of one tenant in one month, by all servers together. */
import { z } from 'zod';
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { operationKinds } from './operations.ts';

/** Kinds that did not occur are left out. */
export type UsageCounts = Readonly<Partial<Record<(typeof operationKinds)[number], number>>>;

const count = z.number().int().min(0);
const shareSchema = z.strictObject({
  /** Set aside for a server, and not yet known to be used. */
  held: count,
  /** What this server has brought to `counts`. */
  counted: count,
  /** Tells one write of this server from the next. */
  write: count,
  /** When it was written, by the clock of its server. */
  at: count,
});
const documentSchema = z.strictObject({
  counts: z.partialRecord(z.enum(operationKinds), count),
  /** By the name of a server's process. */
  shares: z.record(z.string(), shareSchema).optional(),
  /** Before servers had shares: the sum of the counts, and what one server held. */
  leased: count.optional(),
});

export type Share = Readonly<z.infer<typeof shareSchema>>;

export interface MonthDocument {
  readonly counts: UsageCounts;
  readonly shares: Readonly<Record<string, Share>>;
}

export interface Reader {
  /** Its own share is left as it is. */
  readonly server: string;
  /** Nobody else can count: all other shares are of processes that have ended. */
  readonly isAlone: boolean;
  readonly now: number;
}

/** Throws store_damaged: what was used must not read as nothing. */
export function readMonth(json: string | undefined, reader: Reader): MonthDocument {
  if (json === undefined) return { counts: {}, shares: {} };
  const { counts, shares = {}, leased } = parse(json);
  const lost = leased === undefined ? 0 : Math.max(0, leased - sumOf(counts));
  return closeLeft({ counts: interrupted(counts, lost), shares }, reader);
}

/** A kind of which more was given back than is known counts as nothing. */
export function writeMonth({ counts, shares }: MonthDocument): string {
  const known = Object.entries(counts).map(([kind, items]) => [kind, Math.max(0, items)]);
  return JSON.stringify({ counts: Object.fromEntries(known), shares });
}

export function sumOf(counts: UsageCounts): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}

/** All of `counts`, with `more` of what was set aside and may have been used. Never below 0. */
export function interrupted(counts: UsageCounts, more: number): UsageCounts {
  if (more === 0) return counts;
  return { ...counts, interrupted: Math.max(0, (counts.interrupted ?? 0) + more) };
}

/**
 * What a server held that has not been heard of for long counts as used, as after a crash. One that
 * was only idle takes it back when it writes again.
 */
function closeLeft(document: MonthDocument, { server, isAlone, now }: Reader): MonthDocument {
  const isLeft = ([name, { at }]: [string, Share]) =>
    name !== server && (isAlone || now - at > limits.usageShareKeptMs);
  const entries = Object.entries(document.shares);
  const left = entries.filter(isLeft);
  if (left.length === 0) return document;
  const held = left.reduce((sum, [, share]) => sum + share.held, 0);
  const kept = entries.filter((entry) => !isLeft(entry));
  return { counts: interrupted(document.counts, held), shares: Object.fromEntries(kept) };
}

function parse(json: string): z.infer<typeof documentSchema> {
  try {
    return documentSchema.parse(JSON.parse(json));
  } catch (cause) {
    throw new MemoryError('store_damaged', 'The stored usage cannot be read.', { cause });
  }
}
