/**
 * Reads answers from the wire's snake_case. It asks only for what it needs and lets newer servers
 * add fields; what it needs and does not find is an `invalid_response`.
 */
import { ReverieError } from './errors.ts';
import type {
  Attachment,
  EmbeddingsStatus,
  ForgetResult,
  JsonObject,
  JsonValue,
  KeyResult,
  ListPage,
  Memory,
  NamespaceInfo,
  RecallHit,
  RecallResult,
  StoreManyOutcome,
  StoreManyResult,
  StoreResult,
} from './types.ts';

export function objectFrom(value: unknown, what: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw new ReverieError('invalid_response', `The answer holds no ${what}.`);
}

export function memoryFrom(raw: JsonObject): Memory {
  const value = raw.value ?? null;
  const createdAt = text(raw, 'created_at');
  return {
    id: text(raw, 'id'),
    key: textOrNull(raw.key),
    value,
    content: textOrNull(raw.content) ?? (typeof value === 'string' ? value : JSON.stringify(value)),
    namespace: text(raw, 'namespace'),
    kind: text(raw, 'kind') as Memory['kind'],
    type: textOrNull(raw.type),
    audience: (textOrNull(raw.audience) ?? 'user') as Memory['audience'],
    tags: texts(raw.tags),
    metadata: isObject(raw.metadata) ? raw.metadata : {},
    speaker: textOrNull(raw.speaker),
    occurredAt: textOrNull(raw.occurred_at) ?? createdAt,
    createdAt,
    updatedAt: textOrNull(raw.updated_at) ?? createdAt,
    version: count(raw.version, 1),
    archived: raw.archived === true,
    pinned: raw.pinned === true,
    importance: count(raw.importance, 0),
    confidence: count(raw.confidence, 1),
    trust: (textOrNull(raw.trust) ?? 'normal') as Memory['trust'],
    indexed: indexedFrom(raw.indexed),
    expiresAt: textOrNull(raw.expires_at),
    validFrom: textOrNull(raw.valid_from),
    validTo: textOrNull(raw.valid_to),
    supersededBy: textOrNull(raw.superseded_by),
    supersedes: textOrNull(raw.supersedes),
    attachments: list(raw.attachments).filter(isObject).map(attachmentFrom),
  };
}

export function storeFrom(raw: JsonObject): StoreResult {
  return {
    status: text(raw, 'status') as StoreResult['status'],
    id: text(raw, 'id'),
    key: textOrNull(raw.key),
    namespace: text(raw, 'namespace'),
    version: count(raw.version, 1),
    createdAt: text(raw, 'created_at'),
    indexed: indexedFrom(raw.indexed),
    ...(typeof raw.replaced === 'string' && { replaced: raw.replaced }),
    ...(typeof raw.hint === 'string' && { hint: raw.hint }),
    memory: memoryFrom(objectFrom(raw.memory, 'memory')),
  };
}

export function storeManyFrom(raw: JsonObject): StoreManyResult {
  return {
    results: results(raw).map(outcomeFrom),
    stored: count(raw.stored, 0),
    failed: count(raw.failed, 0),
  };
}

export function recallFrom(raw: JsonObject): RecallResult {
  const hits = results(raw).map(hitFrom);
  return {
    results: hits,
    count: count(raw.count, hits.length),
    query: textOrNull(raw.query) ?? '',
    queryTimeMs: count(raw.query_time_ms, 0),
    ...(Array.isArray(raw.degraded) && { degraded: raw.degraded.map(String) }),
  };
}

export function listFrom(raw: JsonObject): ListPage {
  return { results: results(raw).map(memoryFrom), nextCursor: textOrNull(raw.next_cursor) };
}

export function keyFrom(raw: JsonObject): KeyResult {
  const turns = count(raw.turns, 0);
  if (raw.found !== true) return { found: false, value: null, turns };
  const memory = memoryFrom(objectFrom(raw.memory, 'memory'));
  return { found: true, value: memory.value, turns, memory };
}

export function forgetFrom(raw: JsonObject): ForgetResult {
  return {
    forgotten: count(raw.forgotten, 0),
    namespace: textOrNull(raw.namespace),
    receipt: raw.receipt ?? null,
  };
}

export function namespacesFrom(raw: JsonObject): {
  results: NamespaceInfo[];
  nextCursor: string | null;
} {
  const found = results(raw).map((item) => ({
    name: text(item, 'name'),
    memories: count(item.memories, 0),
    createdAt: text(item, 'created_at'),
    changedAt: text(item, 'changed_at'),
  }));
  return { results: found, nextCursor: textOrNull(raw.next_cursor) };
}

export function embeddingsFrom(raw: JsonObject): EmbeddingsStatus {
  return {
    pending: count(raw.pending, 0),
    switching: count(raw.switching, 0),
    problem: textOrNull(raw.problem),
    generations: list(raw.generations)
      .filter(isObject)
      .map((item) => ({
        generation: count(item.generation, 0),
        model: text(item, 'model'),
        dimension: count(item.dimension, 0),
        target: item.target === true,
        previous: item.previous === true,
        available: item.available === true,
        namespaces: count(item.namespaces, 0),
        pending: count(item.pending, 0),
      })),
  };
}

/** A server of an older release says nothing: it had both with every write. */
function indexedFrom(raw: JsonValue | undefined): Memory['indexed'] {
  if (!isObject(raw)) return { text: true, vector: true };
  return { text: raw.text === true, vector: raw.vector === true };
}

function hitFrom(raw: JsonObject): RecallHit {
  const signals = isObject(raw.signals) ? raw.signals : {};
  const matched = isObject(raw.matched) ? raw.matched : {};
  const { passage } = raw;
  return {
    ...memoryFrom(raw),
    score: count(raw.score, 0),
    signals: {
      vector: count(signals.vector, 0),
      text: count(signals.text, 0),
      entity: count(signals.entity, 0),
    },
    matched: { terms: texts(matched.terms), entities: texts(matched.entities) },
    ...(isObject(passage) && {
      passage: { start: count(passage.start, 0), end: count(passage.end, 0) },
    }),
  };
}

function outcomeFrom(raw: JsonObject): StoreManyOutcome {
  const { status, id, error } = raw;
  return {
    index: count(raw.index, 0),
    ok: raw.ok === true,
    ...(typeof status === 'string' && { status: status as StoreResult['status'] }),
    ...(typeof id === 'string' && { id }),
    ...(isObject(error) && {
      error: {
        code: textOrNull(error.code) ?? 'unknown',
        message: textOrNull(error.message) ?? '',
      },
    }),
  };
}

function attachmentFrom(raw: JsonObject): Attachment {
  return {
    ...(typeof raw.url === 'string' && { url: raw.url }),
    ...(typeof raw.media_type === 'string' && { mediaType: raw.media_type }),
    ...(typeof raw.caption === 'string' && { caption: raw.caption }),
  };
}

function results(raw: JsonObject): JsonObject[] {
  if (Array.isArray(raw.results)) return raw.results.filter(isObject);
  throw new ReverieError('invalid_response', 'The answer holds no results.');
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: JsonValue | undefined): string[] {
  return list(value).filter((item) => typeof item === 'string');
}

function text(raw: JsonObject, name: string): string {
  const value = raw[name];
  if (typeof value === 'string') return value;
  throw new ReverieError('invalid_response', `The answer holds no ${name}.`);
}

function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function count(value: JsonValue | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
