/** Runs the strategies of a dream over one snapshot, and writes down what each proposes. */
import type { StrategyId } from '../../domain/dream.ts';
import { MemoryError } from '../../domain/errors.ts';
import { createTurns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { silenceActions } from '../forget/silence-dreams.ts';
import { hashSubject } from './apply.ts';
import { DreamEnded } from './dream-ended.ts';
import type { OpenDream } from './open-dream.ts';
import { Settlement } from './settle.ts';
import { readSnapshot } from './snapshot.ts';
import { countActions, type Spent, type StoredDream } from './stored-dream.ts';
import type { DreamSnapshot, DreamTools, Strategy } from './strategy.ts';

export interface RunParts {
  readonly deps: EngineDeps;
  readonly strategies: readonly Strategy[];
  /** Absent without a language model. */
  readonly model?:
    | {
        readonly generate: NonNullable<DreamTools['generate']>;
        readonly spent: () => Spent;
      }
    | undefined;
  /** Throws DreamEnded; asked every few milliseconds. */
  readonly check: () => void;
  /** Throws DreamEnded where another process runs the dream by now. */
  readonly requireLease: () => Promise<void>;
}

/** How long texts of a strategy wait for a remote embedder. */
const embedWaitMs = 30_000;
/** Notes of a dream, and characters of each. */
const notesMax = 100;
const noteCharsMax = 300;

/**
 * Strategies that the journal names are done already: a dream that was cut short goes on behind
 * them. What the time does not allow is left out, and told.
 */
export async function runStrategies(parts: RunParts, opened: OpenDream): Promise<void> {
  const { deps, check } = parts;
  const { store, place } = opened;
  const { dream } = await store.need(place);
  const tokenizer = await deps.openTokenizer();
  const snapshot = await readSnapshot({
    ...{ tenant: place.tenant, info: opened.info, records: opened.records, tokenizer, check },
    ...{ now: deps.clock.now(), memoriesMax: dream.budget.memories },
  }).catch(unlessLate);
  if (!snapshot) {
    const notes = ['The time was over before all memories were read; nothing is proposed.'];
    await store.change(place, (now) => ({ ...now, notes: [...now.notes, ...notes] }));
    return;
  }
  const { seq, isComplete } = snapshot;
  const memories = snapshot.memories.length + snapshot.derived.length;
  await store.change(place, (now) => ({ ...now, seq, memories, isComplete }));
  const former = (await store.actions(place)).flatMap(({ actions }) => actions);
  const countTokens = (text: string): number => tokenizer.count(text);
  const settlement = new Settlement(
    snapshot,
    { countTokens, hashSubject: hashSubject(deps, opened) },
    former.filter(({ strategy }) => dream.done.includes(strategy)),
  );
  const recallsOf = await deps.recallCounts.read(place.tenant, opened.info.name, opened.info.no);
  const shared = { parts, opened, snapshot, settlement };
  const run = { ...shared, countTokens, recallsOf, spentBefore: dream.spent };
  for (const id of dream.strategies) {
    if (!dream.done.includes(id)) await runOne(run, id);
  }
  // What was forgotten while it planned, it has read before.
  await silenceActions(deps, store, place);
  const erasedAt = (await opened.records.namespace(opened.info.name))?.eraseSeq ?? seq + 1;
  if (erasedAt > seq) await store.change(place, (now) => ({ ...now, notes: [] }));
}

interface Run {
  readonly parts: RunParts;
  readonly opened: OpenDream;
  readonly snapshot: DreamSnapshot;
  readonly settlement: Settlement;
  readonly countTokens: (text: string) => number;
  readonly recallsOf: (ordinal: number) => number;
  /** Before the dream was cut short. */
  readonly spentBefore: Spent | undefined;
}

async function runOne(run: Run, id: StrategyId): Promise<void> {
  const { parts, opened, snapshot, settlement } = run;
  const { store, place } = opened;
  const strategy = parts.strategies.find((one) => one.id === id);
  if (!strategy) throw new MemoryError('internal', `There is no strategy ${id}.`);
  const { budget, before } = await store.change(place, (dream) => ({ ...dream, current: id }));
  const notes: string[] = [];
  const options = { budget, ...(before !== undefined && { before }) };
  const planned = await strategy.plan(snapshot, options, toolsOf(run, notes)).catch(unlessLate);
  if (!planned) notes.push('The time was over before it was done; it proposes nothing.');
  const { actions, dropped } = settlement.settle(id, planned ?? []);
  await parts.requireLease();
  await store.putActions(place, id, actions);
  const spent = parts.model?.spent();
  await store.change(place, (dream) => ({
    ...withStrategy(dream, id, { actions, dropped, notes }),
    ...(spent && { spent: together(run.spentBefore, spent) }),
  }));
}

/** Throws again what is not the end of the time. */
function unlessLate(error: unknown): undefined {
  if (!(error instanceof DreamEnded && error.reason === 'time')) throw error;
}

function withStrategy(
  { current: _, ...dream }: StoredDream,
  id: StrategyId,
  { actions, dropped, notes }: ReturnType<Settlement['settle']> & { readonly notes: string[] },
): StoredDream {
  const told = notes.map((note) => `${id}: ${note}`.slice(0, noteCharsMax));
  return {
    ...dream,
    done: [...dream.done, id],
    notes: [...dream.notes, ...told].slice(0, notesMax),
    dropped: [...dream.dropped, ...dropped],
    counts: countActions(dream.counts, actions),
  };
}

function together(a: Spent | undefined, b: Spent): Spent {
  if (!a) return b;
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    dropped: a.dropped + b.dropped,
    dollars: a.dollars === null || b.dollars === null ? null : a.dollars + b.dollars,
  };
}

function toolsOf({ parts, opened, countTokens, recallsOf }: Run, notes: string[]): DreamTools {
  const { deps, check, model } = parts;
  const turns = createTurns(opened.place.tenant);
  return {
    embed: (texts) => deps.embeddings.forTexts(opened.info.generation, texts, embedWaitMs),
    countTokens,
    wordWeight: deps.wordWeight,
    recallsOf: ({ ordinal }) => recallsOf(ordinal),
    unmetQuestions: () => deps.unmet.read(opened.place.tenant, opened.info.name),
    ...(model && { generate: model.generate }),
    async breathe() {
      if (!turns.due()) return;
      check();
      await turns.next();
    },
    note: (text) => notes.push(text),
  };
}
