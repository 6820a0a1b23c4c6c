/** One request to a service, whatever library or address stands behind it. */
import type { Fetch } from './guarded-fetch.ts';

/** What a call needs to know; the same for every request of an embedder. */
export interface Connection {
  readonly model: string;
  /** Without a slash at its end. */
  readonly url: string;
  readonly apiKey: string | undefined;
  /** Asked for where the model has several; undefined leaves it to the service. */
  readonly outputDimension: number | undefined;
  /** Answers 2xx only; see {@link createGuardedFetch}. */
  readonly fetch: Fetch;
}

/** Numbers for each text, in order. Failures are a RemoteFailure, or lie over one. */
export type EmbedCall = (
  texts: readonly string[],
  options: { readonly role: 'query' | 'document'; readonly signal: AbortSignal },
) => Promise<readonly (readonly number[])[]>;
