/** What a namespace index asks of the system that keeps the vectors of large namespaces. */
import { MemoryError } from '../../domain/errors.ts';
import type { OutsideVectors } from '../../index/index-settings.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { NearPassage, VectorIndexPort, VectorPlace } from '../../ports/vector-index.ts';
import { LeaveAlone } from '../../util/leave-alone.ts';
import { within } from '../../util/within.ts';
import { readFeed, type VectorFeedState } from './feed-document.ts';

export interface OutsideOptions {
  readonly index: VectorIndexPort;
  readonly control: ControlPort;
  /** How long a search waits for it, in milliseconds. */
  readonly waitMs: number;
}

/** What was read of a feed is believed so long: it only goes on, or begins anew. */
const believedMs = 1_000;

export class OutsidePlaces {
  readonly #options: OutsideOptions;
  readonly #patience = new LeaveAlone();
  /** Of the last failure. */
  #reason: string | undefined;

  constructor(options: OutsideOptions) {
    this.#options = options;
  }

  of(place: VectorPlace): OutsideVectors {
    let known: { readonly at: number; readonly feed: Promise<VectorFeedState | null> } | undefined;
    const complete = (): Promise<VectorFeedState | null> => {
      const now = performance.now();
      if (known === undefined || now - known.at > believedMs) {
        const feed = this.#complete(place);
        known = { at: now, feed };
        // A store that was away is asked again by the next search.
        feed.catch(() => {
          known = undefined;
        });
      }
      return known.feed;
    };
    return {
      confirmed: async (epoch) => {
        const feed = await complete();
        return feed?.epoch === epoch ? { seq: feed.seq, arrivals: feed.arrivals } : null;
      },
      near: async (vector, limit) => {
        const { index } = this.#options;
        if (!this.#patience.mayAsk(performance.now())) return this.#reason ?? late(index.name);
        if ((await complete()) === null)
          return `vector: the vectors are on their way to ${index.name}`;
        return this.#near(place, vector, limit);
      },
    };
  }

  async #near(
    place: VectorPlace,
    vector: Float32Array,
    limit: number,
  ): Promise<readonly NearPassage[] | string> {
    const { index, waitMs } = this.#options;
    try {
      const near = await within(waitMs, () => index.search(place, vector, limit));
      this.#patience.answered();
      return near;
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Null while the system does not have all vectors of the place. */
  async #complete(place: VectorPlace): Promise<VectorFeedState | null> {
    const { control } = this.#options;
    const feed = await readFeed(control, place);
    if (feed?.state.phase !== 'follow') return null;
    const identity = await this.#identity();
    // While it is away nobody can tell: what was moved out stays there, and nothing more goes.
    return identity === undefined || identity === feed.state.identity ? feed.state : null;
  }

  /** Undefined where it does not answer in time. */
  async #identity(): Promise<string | undefined> {
    const { index, waitMs } = this.#options;
    // The next search that may ask tells whether it is back.
    if (this.#patience.isLeftAlone) return undefined;
    try {
      return await within(waitMs, () => index.identity());
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** What a search says of it: what is refused does not pass by waiting. */
  #failed(error: unknown): string {
    this.#patience.failed(performance.now());
    const isRefused = MemoryError.isInstance(error) && error.code === 'setting_invalid';
    this.#reason = isRefused ? `vector: ${error.message}` : late(this.#options.index.name);
    return this.#reason;
  }
}

const late = (name: string): string => `vector: ${name} did not answer in time`;
