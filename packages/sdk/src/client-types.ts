/** Options of a client and of its calls. */

/** Options of one call. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Instead of the client's, for each attempt. */
  timeoutMs?: number | undefined;
}

export interface WriteOptions extends CallOptions {
  /**
   * Names the request for 24 hours: however often it is sent, it is carried out once. For retries
   * of your own; those of the client have a key of their own. 1 to 255 visible ASCII characters.
   */
  idempotencyKey?: string | undefined;
}

export interface ClientOptions {
  /** `REVERIE_URL`, else `http://127.0.0.1:7360`. A trailing `/v1` is dropped. */
  baseUrl?: string | undefined;
  /** `REVERIE_API_KEY` when absent. */
  apiKey?: string | undefined;
  /** Instead of the runtime's own; a server in the same process can be passed here. */
  fetch?: ((request: Request) => Response | Promise<Response>) | undefined;
  /** For one attempt, its answer included; 30,000 when absent. */
  timeoutMs?: number | undefined;
  /** Further attempts after the first; 2 when absent, 0 for none. */
  retries?: number | undefined;
  /** For calls that name none. */
  namespace?: string | undefined;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>> | undefined;
}
