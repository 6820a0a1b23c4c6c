/**
 * Makes the vectors that did not come with their write, in the background: after an embedder was
 * slow or away, and for all memories when another model is wanted. All that it has to do is
 * stored state, so that a stop at any moment costs no more than the batch under way.
 */
import type { IndexLog } from '../../index/index-settings.ts';
import type { GenerationCounts, RecordOp } from '../../ports/records.ts';
import { fairTurns, serverItself } from '../../util/fair-turns.ts';
import { type BatchOutcome, embedPending, type Lane } from './embed-pending.ts';
import type { Embeddings } from './embeddings.ts';
import { CountedGenerations } from './generation-counts.ts';
import { NamespaceSwitch, type SwitchOptions } from './switch-namespaces.ts';

export interface BackfillOptions extends Omit<SwitchOptions, 'generations'> {
  readonly embeddings: Embeddings;
  /** Says what an operator should know; never content. */
  readonly log: IndexLog;
  /** Of several servers of one store, one makes vectors in the background. */
  readonly isOnDuty: () => boolean;
}

/** How far the vectors are. */
export interface BackfillProgress {
  /** Memories that wait for a vector of the wanted generation. */
  readonly pending: number;
  /** Namespaces that are still searched by another generation. */
  readonly switching: number;
  /** Why nothing moves at the moment. */
  readonly problem?: string;
}

/** Looks for what others left to do: a search worker that found damaged vectors, for example. */
const idleMs = 1_000;
/** After a write, so that the next ones come along in the same batch. */
const gatherMs = 50;
/** Every namespace is looked at again so often while one is left. */
const surveyMs = 60_000;
const backoffMinMs = 500;
const backoffMaxMs = 60_000;
const reportMs = 30_000;
/** Who only wants to know that something waits gets a count of this age. */
const countMs = 1_000;

interface LaneState extends Lane {
  failures: number;
  /** Not before, on the clock of performance.now(). */
  retryAt: number;
  problem: string | undefined;
}

export class Backfill {
  readonly #options: BackfillOptions;
  readonly #switch: NamespaceSwitch;
  readonly #counted: CountedGenerations;
  readonly #lanes = new Map<number, LaneState>();
  readonly #stop = new AbortController();
  /** Ends the batch under way. */
  #batch = new AbortController();
  #running: Promise<void> | undefined;
  #wakeUp: () => void = () => {};
  /** Something was written since the last round began. */
  #isDue = true;
  #surveyed: { target: number; at: number } | undefined;
  #reported: { since: number; at: number } | undefined;

  constructor(options: BackfillOptions) {
    this.#options = options;
    this.#counted = new CountedGenerations(options.records);
    this.#switch = new NamespaceSwitch({
      ...options,
      generations: options.embeddings.generations,
    });
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the batch under way; what is left is done after the next start. */
  async stop(): Promise<void> {
    const reason = new Error('The server is stopping.');
    this.#stop.abort(reason);
    this.#batch.abort(reason);
    this.#wakeUp();
    await this.#running;
  }

  /** Told of every write, so that vectors which did not come with it follow soon. */
  expect(ops: readonly RecordOp[]): void {
    const waits = ops.some(
      (op) => op.op !== 'erase' && op.vectors?.some(({ vectors }) => vectors === null),
    );
    if (waits) this.wake();
  }

  wake(): void {
    this.#isDue = true;
    const timer = setTimeout(() => this.#wakeUp(), gatherMs);
    timer.unref();
  }

  /** Told when another generation is wanted or one is dropped: what is under way may be in vain. */
  redirect(): void {
    this.#surveyed = undefined;
    this.#batch.abort(new Error('Another generation of vectors is wanted.'));
    this.wake();
  }

  /** @param ageMs counts of this age will do */
  async progress(ageMs = countMs): Promise<BackfillProgress> {
    const { records, embeddings } = this.#options;
    const { target } = embeddings.generations;
    const { pending } = await this.counts(target.no, ageMs);
    let switching = 0;
    for (const no of await records.vectors.used()) {
      if (no !== target.no) switching += (await this.counts(no, ageMs)).namespaces;
    }
    const problem = this.#lanes.get(target.no)?.problem;
    return { pending, switching, ...(problem && { problem }) };
  }

  /** As stored; while many memories wait, as stored some seconds ago. */
  counts(generation: number, ageMs = 0): Promise<GenerationCounts> {
    return this.#counted.of(generation, ageMs);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#isDue = false;
      let worked = false;
      try {
        worked = this.#options.isOnDuty() && (await this.#round());
      } catch (error) {
        // The store did not answer; lanes answer for their embedders themselves.
        if (!this.#stop.signal.aborted) this.#warn('Vectors cannot be made.', error);
      }
      if (worked) await fairTurns.again(serverItself);
      else if (!this.#stop.signal.aborted) await this.#rest();
    }
  }

  async #rest(): Promise<void> {
    if (this.#isDue) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, idleMs);
      timer.unref();
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** True when something was done, so that there may be more. */
  async #round(): Promise<boolean> {
    const { signal } = this.#stop;
    const switched = await this.#surveyWhenDue();
    let worked = await this.#switch.removeDropped(signal);
    const { target } = this.#options.embeddings.generations;
    for (const no of new Set([target.no, ...this.#switch.former])) {
      const outcome = signal.aborted ? undefined : await this.#embed(no);
      if (this.#options.embeddings.generations.target.no !== target.no) return true;
      if (!outcome) continue;
      if (outcome.saved > 0) worked = true;
      if (no !== target.no) continue;
      // Where nothing waits at all, whatever is left can go over.
      const used =
        outcome.found === 0
          ? await this.#switch.useAll(signal)
          : await this.#switch.use(outcome.drained, signal);
      if (used) worked = true;
    }
    await this.#report();
    return worked || switched;
  }

  async #surveyWhenDue(): Promise<boolean> {
    const target = this.#options.embeddings.generations.target.no;
    const now = performance.now();
    const known = this.#surveyed;
    const isDue = known?.target !== target || now - known.at > surveyMs;
    if (!isDue) return false;
    // Kept only of a survey that went to its end and was not overtaken.
    this.#surveyed = { target, at: now };
    let isWhole = false;
    try {
      isWhole = await this.#switch.survey(this.#stop.signal);
    } finally {
      if (!isWhole) this.#surveyed = undefined;
    }
    if (!isWhole) return true;
    return this.#switch.useAll(this.#stop.signal);
  }

  /** Undefined where there is nothing to do, or nobody to do it at the moment. */
  async #embed(generation: number): Promise<BatchOutcome | undefined> {
    const lane = this.#laneOf(generation);
    if (!lane || performance.now() < lane.retryAt) return undefined;
    const { records, log } = this.#options;
    this.#batch = new AbortController();
    const { signal } = this.#batch;
    try {
      const outcome = await embedPending(records, lane, log, signal);
      if (outcome.found > 0 && lane.failures > 0) {
        log('info', 'The embedder answers again.', { model: lane.generation.model });
      }
      // Where nothing waits any more, nobody is waited for either.
      lane.failures = 0;
      lane.problem = undefined;
      return outcome;
    } catch (error) {
      if (signal.aborted) return undefined;
      const pauseMs = Math.min(backoffMaxMs, backoffMinMs * 2 ** lane.failures);
      lane.retryAt = performance.now() + pauseMs;
      lane.problem = error instanceof Error ? error.message : String(error);
      lane.failures += 1;
      if (lane.failures === 1) this.#warn('Vectors will follow when the embedder answers.', error);
      return undefined;
    }
  }

  #laneOf(no: number): LaneState | undefined {
    const { generations } = this.#options.embeddings;
    const generation = generations.find(no);
    const embedder = generations.embedderOf(no);
    if (!generation || !embedder) return undefined;
    const made = { generation, embedder, refused: new Map<string, number>() };
    const fresh = { ...made, after: 0, turn: 0, failures: 0, retryAt: 0 };
    const lane = this.#lanes.get(no) ?? { ...fresh, problem: undefined };
    this.#lanes.set(no, lane);
    return lane;
  }

  /** A line when a switch begins, now and then, and when it ends. */
  async #report(): Promise<void> {
    const now = performance.now();
    const { model } = this.#options.embeddings.generations.target;
    const { left } = this.#switch;
    if (left === 0) {
      if (!this.#reported) return;
      const seconds = Math.round((now - this.#reported.since) / 1000);
      this.#options.log('info', 'Every namespace has its vectors of the model.', {
        model,
        seconds,
      });
      this.#reported = undefined;
      return;
    }
    if (this.#reported && now - this.#reported.at < reportMs) return;
    const message = this.#reported ? 'Embedding goes on.' : 'Memories are embedded with the model.';
    this.#reported = { since: this.#reported?.since ?? now, at: now };
    const { pending } = await this.progress();
    this.#options.log('info', message, { model, namespaces: left, pending });
  }

  #warn(message: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log('warn', message, { reason });
  }
}
