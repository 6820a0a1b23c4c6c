/** From what strategies propose to actions that fit together. */
import type { MemoryRef, PlannedAction, StrategyId } from '../../domain/dream.ts';
import { limits } from '../../domain/limits.ts';
import type { KeyHash, MemoryId } from '../../domain/memory.ts';
import { type DreamAction, type DroppedActions, refsOf } from './stored-dream.ts';
import type { DreamMemory, DreamSnapshot } from './strategy.ts';

export interface Settled {
  readonly actions: readonly DreamAction[];
  readonly dropped: readonly DroppedActions[];
}

export interface SettleTools {
  readonly countTokens: (text: string) => number;
  /** Of what a strategy says something about. */
  readonly hashSubject: HashSubject;
}

export type HashSubject = (strategy: StrategyId, subject: string) => KeyHash;

/**
 * Takes the strategies one after the other: what an earlier one has retired, a later one leaves
 * alone. Made once for each dream.
 */
export class Settlement {
  readonly #memories: ReadonlyMap<MemoryId, DreamMemory>;
  readonly #made: ReadonlyMap<KeyHash, DreamMemory>;
  readonly #tools: SettleTools;
  /** Archived or replaced by an action that was taken. */
  readonly #retired = new Set<MemoryId>();
  #rows = 0;

  /** `former`: actions of strategies that were done before a crash. */
  constructor(snapshot: DreamSnapshot, tools: SettleTools, former: readonly DreamAction[] = []) {
    const all = [...snapshot.memories, ...snapshot.derived];
    this.#memories = new Map(all.map((memory) => [memory.id, memory]));
    this.#made = new Map(
      snapshot.derived.flatMap((memory) =>
        memory.made ? [[memory.made.subject, memory] as const] : [],
      ),
    );
    this.#tools = tools;
    for (const action of former) this.#take(action);
  }

  settle(strategy: StrategyId, planned: readonly PlannedAction[]): Settled {
    const actions: DreamAction[] = [];
    const dropped = new Map<string, number>();
    for (const proposed of planned) {
      const action = this.#withFormer(proposed);
      const reason = action === undefined ? 'known already' : this.#faultOf(action, strategy);
      if (action === undefined || reason !== undefined) {
        dropped.set(reason ?? '', (dropped.get(reason ?? '') ?? 0) + 1);
        continue;
      }
      this.#take(action);
      const id = `${strategy}-${actions.length + 1}`;
      const told = action.reason.slice(0, reasonCharsMax);
      actions.push({
        ...action,
        reason: told,
        id,
        state: 'pending',
        tokens: this.#tokensOf(action),
      });
    }
    return {
      actions,
      dropped: Array.from(dropped, ([reason, count]) => ({ strategy, reason, count })),
    };
  }

  /** What an earlier dream said of the same subject gives way; undefined when it said the same. */
  #withFormer(action: PlannedAction): PlannedAction | undefined {
    const { add, strategy, sources, archive = [] } = action;
    const former = add && this.#made.get(this.#tools.hashSubject(strategy, add.subject));
    if (!add || !former) return action;
    if (former.text === add.value) return undefined;
    const ref: MemoryRef = { id: former.id, version: former.version };
    const others = (refs: readonly MemoryRef[]) => refs.filter(({ id }) => id !== former.id);
    return { ...action, sources: [...others(sources), ref], archive: [...others(archive), ref] };
  }

  /** Why it cannot be taken; undefined when it can. */
  #faultOf(action: PlannedAction, strategy: StrategyId): string | undefined {
    const { add, confidence, sources, archive = [], supersede = [], link = [] } = action;
    const isSized = add === undefined || (add.value !== '' && add.value.length <= textMax);
    if (action.strategy !== strategy || !isSized || !(confidence >= 0 && confidence <= 1)) {
      return 'not well formed';
    }
    if (sources.length === 0 || sources.length > limits.dreamSourcesMax) return 'too many sources';
    const refs = refsOf(action);
    const isKnown = ({ id, version }: MemoryRef) => this.#memories.get(id)?.version === version;
    if (!refs.every(isKnown)) return 'a memory that was not read';
    const retired = [...archive, ...supersede.map(({ memory }) => memory)];
    const changed = [...retired, ...(action.update ?? []).map(({ memory }) => memory)];
    const touched = [...changed, ...link.map(({ from }) => from)];
    if (touched.some(({ id }) => this.#retired.has(id))) return 'it goes by another action';
    if (new Set(retired.map(({ id }) => id)).size < retired.length) return 'not well formed';
    if (archive.some((ref) => this.#isKeyedFact(ref))) return 'a fact under a key stays';
    if (link.some(({ from, to }) => from.id === to.id)) return 'not well formed';
    if (this.#rows + touched.length + 1 > limits.dreamRowsMax) return 'the dream is full';
    return undefined;
  }

  #take({ archive = [], supersede = [], update = [], link = [] }: PlannedAction): void {
    const retired = [...archive, ...supersede.map(({ memory }) => memory)];
    for (const { id } of retired) this.#retired.add(id);
    this.#rows += retired.length + update.length + link.length + 1;
  }

  /** Whoever asks for the key must find it. */
  #isKeyedFact({ id }: MemoryRef): boolean {
    const memory = this.#memories.get(id);
    return memory?.kind === 'fact' && memory.key !== undefined;
  }

  #tokensOf({ add, archive = [], supersede = [] }: PlannedAction): DreamAction['tokens'] {
    const gone = [...archive, ...supersede.map(({ memory }) => memory)];
    const archived = gone.reduce((sum, { id }) => sum + (this.#memories.get(id)?.tokens ?? 0), 0);
    return { archived, added: add ? this.#tools.countTokens(add.value) : 0 };
  }
}

/** Characters of what a dream says. */
const textMax = limits.dreamTextCharsMax;
/** Characters of a reason: one sentence, and what a model makes of it. */
const reasonCharsMax = 1_000;
