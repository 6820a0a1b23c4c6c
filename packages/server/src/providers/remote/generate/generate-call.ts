/** One request to a language model, whatever library or address stands behind it. */
import type { Generated, JsonSchema } from '../../../ports/generator.ts';
import type { Fetch } from '../guarded-fetch.ts';
import type { RetryWorld } from '../retry.ts';

/** What a call needs to know; the same for every request of a generator. */
export interface GeneratorConnection {
  readonly model: string;
  /** Without a slash at its end. */
  readonly url: string;
  readonly apiKey: string | undefined;
  /** Answers 2xx only; see {@link createGuardedFetch}. */
  readonly fetch: Fetch;
  readonly world: RetryWorld;
}

export interface Asked {
  readonly system: string;
  readonly prompt: string;
  /** Present where the service is to hold the answer to it. */
  readonly schema?: JsonSchema | undefined;
  readonly maxOutputTokens: number;
}

export interface Answered {
  readonly text: string;
  readonly ended: Generated['ended'];
  /** As the service counts; undefined where it does not say. */
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}

/** Failures are a RemoteFailure, or lie over one. */
export type GenerateCall = (asked: Asked, signal: AbortSignal) => Promise<Answered>;
