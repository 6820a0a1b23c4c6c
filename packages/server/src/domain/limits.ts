/** Every bound of the product in one place, checked before the work it bounds. */

export const limits = {
  /** UTF-8 bytes of a value; longer values are refused with 413. */
  valueBytesMax: 32 * 1024,
  keyBytesMax: 512,
  namespaceBytesMax: 256,
  tagsMax: 64,
  /** UTF-8 bytes of a tag, a `type` and a `speaker`. */
  labelBytesMax: 256,
  /** UTF-8 bytes of the metadata as JSON. */
  metadataBytesMax: 16 * 1024,
  metadataDepthMax: 8,
  /** Entities kept per memory. */
  entitiesMax: 256,
  attachmentsMax: 16,
  attachmentBytesMax: 2048,
  /** Links from one memory to others. */
  linksMax: 32,
  /** Visible characters of an Idempotency-Key. */
  idempotencyKeyCharsMax: 255,
  /** How long a request with an Idempotency-Key is known. */
  receiptKeptMs: 24 * 60 * 60 * 1000,
  jsonDepthMax: 32,
  /** Bytes of a request body on every route but bulk. */
  bodyBytesMax: 1024 * 1024,
  bulkBodyBytesMax: 8 * 1024 * 1024,
  bulkItemsMax: 1000,
  /** How long the headers of a request, and then its JSON body, may take to come in. */
  headersTimeMs: 10_000,
  bodyTimeMs: 60_000,
  /** A sender or a reader that does not move one byte for so long is cut off. */
  stalledTimeMs: 60_000,
  /** How long a connection stays open without a request; longer than most proxies keep one. */
  keepAliveTimeMs: 65_000,
  /** A tenant may have one in so many of the requests that the server takes at one time. */
  tenantShareParts: 4,
  /** Addresses of an X-Forwarded-For that are looked at, from the right. */
  forwardedMax: 32,
  /** Bytes of one line of an import; with its history a memory may be many times its value. */
  importLineBytesMax: 4 * 1024 * 1024,
  /** Memories and bytes that an import commits together. */
  importBatchItems: 200,
  importBatchBytes: 2 * 1024 * 1024,
  /** An export is sent in chunks of this size: line by line, sending costs more than reading. */
  exportChunkBytes: 64 * 1024,
  /** Refused lines that an import's answer names; all are counted. */
  importErrorsMax: 100,
  /** An import stops at so many: the file is not what it was taken for. */
  importFailedMax: 10_000,
  /** Compressed imports unpack to this many times their size, beside the free bytes. */
  importUnpackedRatioMax: 100,
  importUnpackedBytesFree: 64 * 1024 * 1024,
  /** Sources of a derived memory, and observations of an entity, in one line. */
  importLinksMax: 1000,
  /** Characters of what other systems call a memory or an entity: each memory of it holds it. */
  importNameCharsMax: 4096,
  versionMax: 2 ** 31 - 1,
  snapshotsMax: 1000,
  /** Memories that a comparison, and the answer to a restore, names at once. */
  compareLimitDefault: 100,
  compareLimitMax: 1000,
  queryCharsMax: 10_000,
  /** Numbers in a vector; models in wide use have at most 4,096. */
  vectorDimensionMax: 8_192,
  searchLimitDefault: 10,
  searchLimitMax: 100,
  /** Results that a context is chosen from: at least so many, and one more for so many tokens. */
  contextLimitMin: 20,
  contextTokensPerResult: 50,
  /** Tokens of a context. */
  contextTokensDefault: 1000,
  contextTokensMin: 64,
  contextTokensMax: 100_000,
  /** Least score of a memory in a context (docs/decisions/2026-11-21-context.md). */
  contextThresholdDefault: 0.3,
  /** Pinned and important memories that a context looks at. */
  contextStandingMax: 256,
  /** A thread is open for so long after its last turn. */
  contextThreadOpenMs: 24 * 60 * 60 * 1000,
  contextThreadsMax: 2,
  /** Last turns that are shown of an open thread. */
  contextThreadTurnsMax: 6,
  /** Characters of a key that comes from outside: fewer could be guessed. */
  keyCharsMin: 24,
  keyCharsMax: 512,
  keyLabelCharsMax: 200,
  keysPerTenantMax: 10_000,
  /** Past months whose usage is kept and shown: a year back, and the same month of last year. */
  usageMonthsMax: 13,
  /** Operations of a tenant that are set aside by one write of its usage. */
  usageLeaseMin: 8,
  usageLeaseMax: 1024,
  /** A server that has not written its share of them for so long is taken for ended. */
  usageShareKeptMs: 60 * 60 * 1000,
  /** How often a server gives back what it set aside and did not need. */
  usageSettleMs: 60 * 1000,
  /** Tokens of one answer of a language model in a dream, with what it thinks before. */
  dreamAnswerTokensMax: 4_000,
  /** Keys, tenants and addresses whose rate is known at one time, about 100 bytes each. */
  rateBucketsMax: 100_000,
  /** Tenants that sign up in an hour, of all addresses together. */
  signupsPerHourMax: 1000,
  /** Of somebody who is not known. */
  signupBodyBytesMax: 4096,
  /** Grants of a key, and namespaces of them all: each request looks through them. */
  grantsMax: 20,
  grantNamespacesMax: 100,
  /** Bytes of the grants as JSON: every key of every tenant is held in memory. */
  grantBytesMax: 8 * 1024,
  /** How long a rotated key may work beside the new one. */
  keyGraceMsMax: 30 * 86_400_000,
  /** Memories that a forget erases in one commit. */
  forgetBatchRows: 200,
  /** Versions of a memory, and facts of its chain, that are shown at once. */
  historyMax: 100,
  /** How long an audit may look, and at how many memories; what is left is told. */
  auditTimeMs: 2_000,
  auditMemoriesMax: 50_000,
  /** Ids shown of what an audit found, per class. */
  auditExamplesMax: 20,
  /** A memory that nobody recalled for so long is stale. */
  auditStaleAgeMs: 90 * 24 * 60 * 60 * 1000,
  /** Memories that a profile is made from: the newest and the standing ones. */
  profileMemoriesMax: 10_000,
  /** What of memories is kept for the profiles of all namespaces, about 300 bytes each. */
  profileTracesMax: 50_000,
  /** What a dream reads where nothing is said, and at most. */
  dreamMemoriesDefault: 5_000,
  dreamMemoriesMax: 10_000,
  /** How long a dream may plan. */
  dreamSecondsDefault: 120,
  dreamSecondsMax: 3_600,
  /** Tokens of a language model, in and out. */
  dreamTokensDefault: 200_000,
  dreamTokensMax: 10_000_000,
  /** Rows that a dream changes: it is applied in one commit, and other writers wait for that. */
  dreamRowsMax: 5_000,
  /** Memories that one action rests on, and characters of what it says. */
  dreamSourcesMax: 1_000,
  dreamTextCharsMax: 8_000,
  /** Sources of an action whose words a diff shows; the others are named. */
  dreamSourcesShown: 20,
  /** How long a request may wait for a dream. */
  dreamWaitMsMax: 60_000,
  /** Dreams that are kept of a namespace; older ones cannot be undone any more. */
  dreamsKeptMax: 100,
  /** And those that are kept beside them, though they proposed nothing. */
  dreamsEmptyKeptMax: 20,
  /** Schedules of a namespace. */
  schedulesMax: 20,
  /** How often the servers of one store tell each other that they are there. */
  peerBeatMs: 500,
  /** A server that could not look into the store for so long answers nobody from memory. */
  peerLeaseMs: 5_000,
  /** Conditions of a filter, and levels of AND, OR and NOT. */
  filterClausesMax: 64,
  filterDepthMax: 8,
  /** Values of `in` and `nin`. */
  filterListMax: 1000,
  /** A field name with its path; values at longer paths of the metadata cannot be asked for. */
  filterPathCharsMax: 512,
  filterTextCharsMax: 16 * 1024,
  /** What a recall has handed out is known for so long, and a text that repeats it is an echo. */
  echoKeptMs: 30 * 60 * 1000,
  /** Memories and questions of one namespace. */
  echoEntriesMax: 256,
  /** Of all namespaces. */
  echoBytesMax: 8 * 1024 * 1024,
  /** Memories, and bytes of their values, that are read to list a namespace by its keys. */
  entriesMemoriesMax: 10_000,
  entriesBytesMax: 32 * 1024 * 1024,
  listLimitDefault: 50,
  listLimitMax: 200,
  webhooksPerTenantMax: 50,
  /** Namespaces that a webhook names, and characters of its secret where the caller brings one. */
  webhookNamespacesMax: 100,
  webhookSecretCharsMin: 16,
  webhookSecretCharsMax: 200,
  /** For one attempt: the name, the connection and the answer. */
  webhookTimeoutMs: 10_000,
  /** Deliveries under way: of one webhook, of one tenant, of all. */
  webhookDeliveriesMax: 4,
  webhookTenantDeliveriesMax: 16,
  webhookAllDeliveriesMax: 256,
  /** Deliveries of one webhook that wait for another attempt; beyond it the change log waits. */
  webhookWaitingMax: 100,
  /** Deliveries that were given up, the newest ones of a webhook. */
  webhookDeadMax: 1000,
  /** Attempts in the log of a webhook. */
  webhookLogMax: 100,
  /** A webhook to which nothing got through for so long is switched off. */
  webhookFailingMsMax: 3 * 24 * 60 * 60 * 1000,
  /** How long a rotated secret may sign beside the new one. */
  webhookOverlapMsMax: 7 * 86_400_000,
  /** Event streams that are open: of one key, of one tenant. */
  streamsPerKeyMax: 16,
  streamsPerTenantMax: 64,
  /** Namespaces one store can hold: namespaceNo * 2^32 + ordinal must stay a safe integer. */
  namespacesMax: 2 ** 21 - 1,
  ordinalMax: 2 ** 32 - 1,
} as const;
