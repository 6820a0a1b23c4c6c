/**
 * Requests to addresses that a caller has chosen. Implementation: providers/outgoing, which decides
 * what may be reached.
 */

/** Why no answer came, for whoever chose the address; it names nothing of the network behind. */
export const outgoingFaults = [
  /** The name leads to an address that may not be reached, or the form of the URL is refused. */
  'address_not_allowed',
  'name_not_found',
  'connection_failed',
  'tls_failed',
  'timeout',
  /** Redirects are not followed. */
  'redirected',
  'stopped',
] as const;
export type OutgoingFault = (typeof outgoingFaults)[number];

export interface OutgoingRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** For all of it: the name, the connection, the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** The body of an answer is never kept. */
export type OutgoingAnswer =
  | { readonly status: number; readonly fault?: never }
  | { readonly status?: never; readonly fault: OutgoingFault };

export interface OutgoingPort {
  /** Throws invalid_url for an URL that can never be reached, whatever its name leads to. */
  check(url: string): void;
  /** Never rejects. */
  post(request: OutgoingRequest): Promise<OutgoingAnswer>;
}
