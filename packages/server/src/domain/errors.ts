/** The one table of errors: what went wrong, its HTTP status, and what to do about it. */

interface ErrorKind {
  readonly status: 400 | 401 | 402 | 403 | 404 | 408 | 409 | 413 | 422 | 429 | 431 | 500 | 503;
  /** Said when the thrower gives no message of its own. */
  readonly message: string;
  /** What the caller can do. Shown in docs/errors.md. */
  readonly hint: string;
  /** True when the same request may succeed later without a change. */
  readonly retryable: boolean;
}

const kind = (
  status: ErrorKind['status'],
  message: string,
  hint: string,
  retryable = false,
): ErrorKind => ({ status, message, hint, retryable });

export const errorTable = {
  invalid_json: kind(400, 'The body is not valid JSON.', 'Send a JSON object encoded as UTF-8.'),
  invalid_http: kind(
    400,
    'The request is no valid HTTP/1.1.',
    'Look at its first line, its headers, and how its body is framed.',
  ),
  headers_too_large: kind(
    431,
    'The address and the headers of the request are too large.',
    'They may have 16 KB together; a long filter or query goes into the body of a POST.',
  ),
  invalid_request: kind(
    400,
    'The request does not fit the schema.',
    'Compare the named field with /openapi.json.',
  ),
  unknown_field: kind(
    400,
    'The request has a field that is not known.',
    'The fields of each route are listed at /docs.',
  ),
  invalid_value: kind(400, 'The value cannot be stored.', 'Send non-empty text or JSON.'),
  invalid_key: kind(400, 'The key is not valid.', 'Use 1 to 512 bytes without control characters.'),
  invalid_namespace: kind(
    400,
    'The namespace is not valid.',
    'Use 1 to 256 bytes without control characters.',
  ),
  invalid_link: kind(
    400,
    'A link leads nowhere.',
    'Link to a memory of the same namespace; forgotten and expired ones are not there.',
  ),
  invalid_id: kind(400, 'The id is not valid.', 'Ids look like mem_ and a UUID.'),
  invalid_cursor: kind(400, 'The cursor is not valid.', 'Pass next_cursor back unchanged.'),
  invalid_url: kind(
    400,
    'The URL cannot be used.',
    'Use https and a public address; an operator can allow others with REVERIE_OUTGOING_PRIVATE.',
  ),
  invalid_filter: kind(
    400,
    'The filter is not valid.',
    'docs/guides/filters.md lists fields and operators; `path` says where it is wrong.',
  ),
  json_too_deep: kind(400, 'The JSON is nested too deeply.', 'Nest at most 32 levels.'),
  empty_selector: kind(
    400,
    'Nothing was selected.',
    'Name memory_id, key or filter. DELETE /v1/namespaces/{namespace} forgets a whole one.',
  ),
  confirmation_required: kind(
    400,
    'To forget by filter, or a whole namespace, it has to be confirmed.',
    'Ask with "dry_run": true first; then send "confirm": true, or the count as expected_count.',
  ),
  auth_required: kind(
    401,
    'A key is required.',
    'Send "Authorization: Bearer <key>". The first start of the server says where the root key is.',
  ),
  invalid_api_key: kind(
    401,
    'The key is not known.',
    'Check the key; "reverie keys reset" makes a new root key on the data folder.',
  ),
  tenant_suspended: kind(403, 'The tenant is suspended.', 'Ask whoever runs the server.'),
  permission_denied: kind(403, 'The key may not do this.', 'Use a key with the named permission.'),
  host_not_allowed: kind(
    403,
    'The server does not answer under this name.',
    'Ask it by 127.0.0.1 or localhost, or let its operator add the name to REVERIE_ALLOWED_HOSTS.',
  ),
  origin_not_allowed: kind(
    403,
    'Web pages of this origin may not ask the server.',
    'Its operator can add the origin to REVERIE_CORS_ORIGINS.',
  ),
  route_not_found: kind(404, 'There is no such route.', 'The routes are listed at /docs.'),
  memory_not_found: kind(404, 'There is no such memory.', 'Check the id and the namespace.'),
  namespace_not_found: kind(404, 'There is no such namespace.', 'GET /v1/namespaces lists them.'),
  snapshot_not_found: kind(
    404,
    'There is no such snapshot.',
    'GET /v1/namespaces/{namespace}/snapshots lists them.',
  ),
  key_not_found: kind(404, 'There is no such key.', 'GET /v1/keys lists them.'),
  key_expired: kind(
    409,
    'The key has expired; another secret would open nothing.',
    'Make a new key, and revoke this one.',
  ),
  tenant_not_found: kind(404, 'There is no such tenant.', 'GET /v1/admin/tenants lists them.'),
  webhook_not_found: kind(404, 'There is no such webhook.', 'GET /v1/webhooks lists them.'),
  delivery_not_found: kind(
    404,
    'There is no such delivery, or it is not kept any more.',
    'GET /v1/webhooks/{id}/deliveries lists them.',
  ),
  too_many_webhooks: kind(
    409,
    'The tenant has as many webhooks as it may have.',
    'Delete old ones.',
  ),
  too_many_streams: kind(
    429,
    'Too many event streams are open already.',
    'Close one of them, and open one stream for a namespace.',
    true,
  ),
  quota_exceeded: kind(
    402,
    'The plan allows no more.',
    'details names the quota, and when it starts anew; an operator can change the plan.',
  ),
  rate_limited: kind(
    429,
    'Too many requests in a short time.',
    'Wait for as many seconds as Retry-After says; X-RateLimit-Remaining tells what is left.',
    true,
  ),
  too_many_keys: kind(409, 'The tenant has as many keys as it may have.', 'Revoke old ones.'),
  receipt_not_found: kind(404, 'There is no such receipt.', 'GET /v1/forget lists them.'),
  count_mismatch: kind(
    409,
    'There is another number of memories to forget than expected; nothing was forgotten.',
    'Look at what is there now, and ask again with the count that details names.',
  ),
  version_conflict: kind(
    409,
    'The memory has changed since it was read.',
    'Read it again and repeat the change on the new version.',
  ),
  memory_superseded: kind(
    409,
    'The fact was replaced; what replaced it can be changed.',
    'Change the memory that superseded_by names.',
  ),
  dream_not_found: kind(404, 'There is no such dream.', 'GET /v1/dreams lists them.'),
  schedule_not_found: kind(
    404,
    'There is no such schedule.',
    'GET /v1/dream-schedules lists them.',
  ),
  dream_running: kind(
    409,
    'A dream is running in this namespace already.',
    'Wait for the dream that details names, or cancel it.',
    true,
  ),
  dream_state: kind(
    409,
    'The dream is not in a state in which that can be done.',
    'GET /v1/dreams/{id} tells its state.',
  ),
  dream_conflict: kind(
    409,
    'What the dream changed was changed again since; nothing was undone.',
    'details names the memories. With "partial": true the rest is undone.',
  ),
  embedding_conflict: kind(
    409,
    'The vectors cannot be changed that way.',
    'GET /v1/admin/embeddings tells which generations there are.',
  ),
  request_timeout: kind(
    408,
    'The request took too long to come in.',
    'Send it again over a faster connection, or in smaller parts.',
    true,
  ),
  idempotency_in_flight: kind(
    409,
    'The same request is under way.',
    'Wait a moment and send it again: it will be answered, not repeated.',
    true,
  ),
  content_refused: kind(
    422,
    'The content holds what is not kept here; nothing was stored.',
    'Take out what the message names, or change `hygiene` of the namespace.',
  ),
  idempotency_mismatch: kind(
    422,
    'The Idempotency-Key was used for another request.',
    'Use a new key for each new request; a retry sends exactly the same body.',
  ),
  value_too_large: kind(
    413,
    'The value is too large.',
    'A memory holds 32 KB of UTF-8 by default.',
  ),
  body_too_large: kind(413, 'The request body is too large.', 'Send less in one request.'),
  too_many_items: kind(413, 'Too many items in one request.', 'The message names the limit.'),
  backup_running: kind(
    409,
    'A backup is being made already.',
    'Wait until it has been sent, and ask again.',
    true,
  ),
  backup_damaged: kind(
    422,
    'The file is no whole backup.',
    'Use another copy. A backup that was cut has no SHA256SUMS at its end: make it again.',
  ),
  store_exists: kind(
    409,
    'There is a store in the data folder already; nothing was restored.',
    'Restore into an empty folder, or move what is there away.',
  ),
  migration_refused: kind(
    409,
    'The store cannot be moved as things are; nothing was lost.',
    'docs/guides/migrate.md says what a migration needs.',
  ),
  migration_unfinished: kind(
    503,
    'A migration into this store is not finished.',
    'Run the same "reverie migrate" again, or use another store.',
  ),
  internal: kind(500, 'Something broke inside the server.', 'This is a bug; the log has it.'),
  overloaded: kind(503, 'Too much is waiting already.', 'Wait a moment and try again.', true),
  disk_full: kind(503, 'The disk is full; nothing was stored.', 'Free some disk space.', true),
  store_read_only: kind(
    503,
    'The data folder cannot be written; nothing was stored.',
    'Check the permissions and the mount of the data folder.',
    true,
  ),
  store_unavailable: kind(
    503,
    'The store cannot be reached.',
    'Run "reverie doctor"; see the log for the cause.',
    true,
  ),
  embedder_unavailable: kind(
    503,
    'The model that computes meaning gave no answer.',
    'See the log for the cause; words and entities work without it.',
    true,
  ),
  embedder_rejected: kind(
    503,
    'The model that computes meaning refuses to answer.',
    'Check the REVERIE_EMBEDDER settings with "reverie doctor".',
  ),
  generator_unavailable: kind(
    503,
    'The language model gave no answer.',
    'See the log for the cause; everything but dreams with a language model works without it.',
    true,
  ),
  generator_rejected: kind(
    503,
    'The language model refuses to answer.',
    'Check the REVERIE_LLM settings with "reverie doctor".',
  ),
  shutting_down: kind(503, 'The server is stopping.', 'Try again on the next instance.', true),
  folder_locked: kind(
    503,
    'Another process holds the data folder.',
    'Stop it, or use another REVERIE_DATA_DIR.',
  ),
  store_damaged: kind(
    503,
    'The store is damaged or was made by a newer version.',
    'Run "reverie doctor" and restore a backup.',
  ),
  setting_invalid: kind(
    503,
    'A setting is not valid.',
    'docs/settings.md lists settings and their values.',
  ),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorTable;

export interface MemoryErrorOptions {
  /** Shown to the caller; must not hold secrets or another tenant's data. */
  readonly details?: Record<string, unknown>;
  /** Kept for the log, never sent. */
  readonly cause?: unknown;
}

const marker = Symbol.for('reverie.error');

/** An error with a code from {@link errorTable}: for the world's faults, not for bugs. */
export class MemoryError extends Error {
  readonly [marker] = true;
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message?: string, options: MemoryErrorOptions = {}) {
    super(message ?? errorTable[code].message, { cause: options.cause });
    this.name = 'MemoryError';
    this.code = code;
    this.details = options.details;
  }

  get status(): ErrorKind['status'] {
    return errorTable[this.code].status;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }

  /** True across two copies of this package, where `instanceof` is not. */
  static isInstance(value: unknown): value is MemoryError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}
