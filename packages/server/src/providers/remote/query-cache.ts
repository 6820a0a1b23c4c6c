/** Remembers the vectors of the last questions; equal questions at one time are asked once. */
import { createHash } from 'node:crypto';
import { invariant } from '../../util/invariant.ts';

/** About 6 MB of vectors at 1,536 dimensions. */
const entriesMax = 1_000;

export type EmbedTexts = (
  texts: readonly string[],
  signal: AbortSignal,
) => Promise<readonly Float32Array[]>;

/** One call under way, and the callers that wait for it. */
interface Flight {
  readonly vectors: Promise<ReadonlyMap<string, Float32Array>>;
  waiters: number;
  abort(reason: unknown): void;
}

export interface QueryCache {
  /** In order. A caller that leaves early takes the call with it only when it was the last one. */
  embed(
    texts: readonly string[],
    signal: AbortSignal | undefined,
    embedTexts: EmbedTexts,
  ): Promise<Float32Array[]>;
  readonly size: number;
}

/** `model` is part of every key. */
export function createQueryCache(model: string, sizeMax = entriesMax): QueryCache {
  const known = new Map<string, Float32Array>();
  const flights = new Map<string, Flight>();
  const keyOf = (text: string) => createHash('sha256').update(`${model}\n${text}`).digest('base64');

  /** The most recently used are last. */
  const remember = (key: string, vector: Float32Array) => {
    known.delete(key);
    known.set(key, vector);
    for (const oldest of known.keys()) {
      if (known.size <= sizeMax) break;
      known.delete(oldest);
    }
  };

  const start = (missing: ReadonlyMap<string, string>, embedTexts: EmbedTexts): Flight => {
    const controller = new AbortController();
    const keys = [...missing.keys()];
    // Out of the table before anything else happens, so that nobody joins a call that has ended.
    const land = () => {
      for (const key of keys) if (flights.get(key) === flight) flights.delete(key);
    };
    const run = async () => {
      try {
        const vectors = await embedTexts([...missing.values()], controller.signal);
        const pairs = keys.map((key, at) => [key, vectorAt(vectors, at)] as const);
        for (const [key, vector] of pairs) remember(key, vector);
        return new Map(pairs);
      } finally {
        land();
      }
    };
    const abort = (reason: unknown) => {
      land();
      controller.abort(reason);
    };
    const flight: Flight = { vectors: run(), waiters: 0, abort };
    for (const key of keys) flights.set(key, flight);
    return flight;
  };

  return {
    get size() {
      return known.size;
    },
    async embed(texts, signal, embedTexts) {
      const keys = texts.map(keyOf);
      const found = new Map<string, Float32Array>();
      const waitFor = new Set<Flight>();
      const missing = new Map<string, string>();
      for (const [at, key] of keys.entries()) {
        const vector = known.get(key);
        const flight = flights.get(key);
        if (vector) {
          found.set(key, vector);
          remember(key, vector);
        } else if (flight) waitFor.add(flight);
        else missing.set(key, texts[at] ?? '');
      }
      if (missing.size > 0) waitFor.add(start(missing, embedTexts));
      const answers = await Promise.all([...waitFor].map((flight) => join(flight, signal)));
      for (const answer of answers) for (const [key, vector] of answer) found.set(key, vector);
      // Copies: what a caller does to its vector must not reach the next one.
      return keys.map((key) => vectorAt([found.get(key)], 0).slice());
    },
  };
}

/** Waits for a flight as one of its callers. */
async function join(
  flight: Flight,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Float32Array>> {
  flight.waiters += 1;
  let leave = () => {};
  try {
    return await new Promise((resolve, reject) => {
      leave = () => reject(signal?.reason);
      signal?.addEventListener('abort', leave, { once: true });
      flight.vectors.then(resolve, reject);
    });
  } finally {
    signal?.removeEventListener('abort', leave);
    flight.waiters -= 1;
    if (flight.waiters === 0) flight.abort(signal?.reason);
  }
}

function vectorAt(vectors: readonly (Float32Array | undefined)[], at: number): Float32Array {
  const vector = vectors[at];
  invariant(vector !== undefined, 'there is a vector for every text');
  return vector;
}
