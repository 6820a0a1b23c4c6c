/**
 * Reads answers from the wire's snake_case. It asks only for what it needs and lets newer servers
 * add fields; what it needs and does not find is an `invalid_response`.
 */

import type { ContextMessage, ContextResult, ContextSectionName } from './context-types.ts';
import { ReverieError } from './errors.ts';
import type { HistoryResult, MemoryVersion } from './history-types.ts';
import type { JsonObject, JsonValue } from './json-types.ts';
import type { KeyResult, ListPage } from './list-types.ts';
import type { Attachment, Flag, Memory } from './memory-types.ts';
import type { AuditFinding, AuditResult, NamespaceInfo } from './namespace-types.ts';
import {
  count,
  countOrNull,
  isObject,
  list,
  objectFrom,
  objects,
  results,
  text,
  textOrNull,
  texts,
} from './read-wire.ts';
import type {
  ExplainedPart,
  Explanation,
  QueryTime,
  RecallExplanation,
  RecallHit,
  RecallResult,
  WhyNotReason,
  WhyNotResult,
} from './recall-types.ts';
import type { EmbeddingsStatus } from './server-types.ts';
import type {
  ComparedMemory,
  Comparison,
  DifferenceKind,
  RestoreResult,
  Snapshot,
} from './snapshot-types.ts';
import type {
  StoreManyOutcome,
  StoreManyResult,
  StoreResult,
  UpdateResult,
} from './store-types.ts';
import type { ImportProgress, ImportResult } from './transfer-types.ts';

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
    flags: objects(raw.flags).map(flagFrom),
    echoOf: textOrNull(raw.echo_of),
    indexed: indexedFrom(raw.indexed),
    expiresAt: textOrNull(raw.expires_at),
    validFrom: textOrNull(raw.valid_from),
    validTo: textOrNull(raw.valid_to),
    supersededBy: textOrNull(raw.superseded_by),
    supersedes: textOrNull(raw.supersedes),
    attachments: objects(raw.attachments).map(attachmentFrom),
    derivedFrom: texts(raw.derived_from),
    links: objects(raw.links).map((link) => ({ type: text(link, 'type'), id: text(link, 'id') })),
  };
}

function flagFrom(raw: JsonObject): Flag {
  return {
    kind: text(raw, 'kind') as Flag['kind'],
    type: text(raw, 'type'),
    field: text(raw, 'field'),
    action: text(raw, 'action') as Flag['action'],
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
    ...(raw.erased === true && { erased: true }),
    memory: raw.memory === null ? null : memoryFrom(objectFrom(raw.memory, 'memory')),
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
    ...(isObject(raw.time) && { time: queryTimeFrom(raw.time) }),
    ...(isObject(raw.explanation) && { explanation: recallExplanationFrom(raw.explanation) }),
    ...(typeof raw.rerank_time_ms === 'number' && { rerankTimeMs: raw.rerank_time_ms }),
    ...(Array.isArray(raw.degraded) && { degraded: raw.degraded.map(String) }),
  };
}

function queryTimeFrom(raw: JsonObject): QueryTime {
  return {
    from: text(raw, 'from'),
    to: text(raw, 'to'),
    text: text(raw, 'text'),
    used: raw.used === 'filter' ? 'filter' : 'boost',
  };
}

export function whyNotFrom(raw: JsonObject): WhyNotResult {
  return {
    memoryId: text(raw, 'memory_id'),
    namespace: text(raw, 'namespace'),
    found: raw.found === true,
    rank: countOrNull(raw.rank),
    score: countOrNull(raw.score),
    reasons: objects(raw.reasons).map((reason) => ({
      code: text(reason, 'code'),
      message: textOrNull(reason.message) ?? '',
      details: (isObject(reason.details) ? reason.details : {}) as WhyNotReason['details'],
    })),
    ...(isObject(raw.explanation) && { explanation: explanationFrom(raw.explanation) }),
    ...(Array.isArray(raw.degraded) && { degraded: raw.degraded.map(String) }),
  };
}

export function updateFrom(raw: JsonObject): UpdateResult {
  return {
    status: raw.status === 'unchanged' ? 'unchanged' : 'updated',
    id: text(raw, 'id'),
    version: count(raw.version, 0),
    memory: raw.memory === null ? null : memoryFrom(objectFrom(raw.memory, 'memory')),
  };
}

export function historyFrom(raw: JsonObject): HistoryResult {
  const chain = isObject(raw.chain) ? raw.chain : {};
  return {
    id: text(raw, 'id'),
    versions: objects(raw.versions).map((version) => ({
      ...memoryFrom(version),
      op: textOrNull(version.op) as MemoryVersion['op'],
    })),
    chain: {
      before: objects(chain.before).map(memoryFrom),
      after: objects(chain.after).map(memoryFrom),
    },
    complete: raw.complete !== false,
    nextCursor: textOrNull(raw.next_cursor),
  };
}

export function contextFrom(raw: JsonObject): ContextResult {
  const omitted = isObject(raw.omitted) ? raw.omitted : {};
  return {
    context: contextTextFrom(raw.context),
    tokens: count(raw.tokens, 0),
    maxTokens: count(raw.max_tokens, 0),
    tokenizer: textOrNull(raw.tokenizer) ?? 'unknown',
    sections: objects(raw.sections).map((section) => ({
      name: text(section, 'name') as ContextSectionName,
      items: objects(section.items).map((item) => ({
        id: text(item, 'id'),
        score: countOrNull(item.score),
        tokens: count(item.tokens, 0),
      })),
    })),
    citations: objects(raw.citations).map((citation) => ({
      n: count(citation.n, 0),
      id: text(citation, 'id'),
      key: textOrNull(citation.key),
      namespace: text(citation, 'namespace'),
      occurredAt: text(citation, 'occurred_at'),
      score: countOrNull(citation.score),
    })),
    omitted: {
      budget: count(omitted.budget, 0),
      duplicate: count(omitted.duplicate, 0),
      threshold: count(omitted.threshold, 0),
    },
    queryTimeMs: count(raw.query_time_ms, 0),
    ...(isObject(raw.time) && { time: queryTimeFrom(raw.time) }),
    ...(Array.isArray(raw.degraded) && { degraded: raw.degraded.map(String) }),
  };
}

function contextTextFrom(value: JsonValue | undefined): string | ContextMessage[] {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) {
    throw new ReverieError('invalid_response', 'The answer holds no context.');
  }
  return objects(value).map((message) => ({ role: 'system', content: text(message, 'content') }));
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

export function namespacesFrom(raw: JsonObject): {
  results: NamespaceInfo[];
  nextCursor: string | null;
} {
  return { results: results(raw).map(namespaceFrom), nextCursor: textOrNull(raw.next_cursor) };
}

export function namespaceFrom(raw: JsonObject): NamespaceInfo {
  return {
    name: text(raw, 'name'),
    memories: count(raw.memories, 0),
    createdAt: text(raw, 'created_at'),
    changedAt: text(raw, 'changed_at'),
  };
}

export function auditFrom(raw: JsonObject): AuditResult {
  const classes = isObject(raw.classes) ? raw.classes : {};
  return {
    namespace: text(raw, 'namespace'),
    memories: count(raw.memories, 0),
    lookedAt: count(raw.looked_at, 0),
    complete: raw.complete === true,
    countingSince: text(raw, 'counting_since'),
    classes: {
      duplicates: findingFrom(classes.duplicates),
      nearDuplicates: findingFrom(classes.near_duplicates),
      stale: findingFrom(classes.stale),
      superseded: findingFrom(classes.superseded),
      neverRecalled: findingFrom(classes.never_recalled),
      echoes: findingFrom(classes.echoes),
      secrets: findingFrom(classes.secrets),
    },
    queryTimeMs: count(raw.query_time_ms, 0),
  };
}

function findingFrom(value: JsonValue | undefined): AuditFinding {
  const raw = isObject(value) ? value : {};
  const reasons = Object.entries(isObject(raw.reasons) ? raw.reasons : {});
  return {
    count: count(raw.count, 0),
    rate: count(raw.rate, 0),
    reasons: Object.fromEntries(reasons.map(([name, value]) => [name, count(value, 0)])),
    examples: objects(raw.examples).map((example) => ({
      id: text(example, 'id'),
      ...(typeof example.of === 'string' && { of: example.of }),
      ...(typeof example.reason === 'string' && { reason: example.reason }),
    })),
  };
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
        refused: count(item.refused, 0),
      })),
  };
}

export function importProgressFrom(raw: JsonObject): ImportProgress {
  return {
    lines: count(raw.lines, 0),
    imported: count(raw.imported, 0),
    replaced: count(raw.replaced, 0),
    present: count(raw.present, 0),
    failed: count(raw.failed, 0),
  };
}

export function importFrom(raw: JsonObject): ImportResult {
  return {
    ...importProgressFrom(raw),
    ok: raw.ok === true,
    namespace: text(raw, 'namespace'),
    importId: text(raw, 'import_id'),
    complete: raw.complete === true,
    errors: objects(raw.errors).map((error) => ({
      line: count(error.line, 0),
      code: text(error, 'code'),
      message: textOrNull(error.message) ?? '',
    })),
  };
}

export function snapshotFrom(raw: JsonObject): Snapshot {
  return {
    id: text(raw, 'id'),
    name: text(raw, 'name'),
    seq: count(raw.seq, 0),
    memories: count(raw.memories, 0),
    createdAt: text(raw, 'created_at'),
    restoring: raw.restoring === true,
  };
}

export function snapshotsFrom(raw: JsonObject): Snapshot[] {
  return results(raw).map(snapshotFrom);
}

export function comparisonFrom(raw: JsonObject): Comparison {
  const { counts } = raw;
  const counted = (kind: DifferenceKind) => (isObject(counts) ? count(counts[kind], 0) : 0);
  return {
    snapshot: snapshotFrom(objectFrom(raw.snapshot, 'snapshot')),
    seq: count(raw.seq, 0),
    ...(isObject(counts) && {
      counts: {
        added: counted('added'),
        changed: counted('changed'),
        archived: counted('archived'),
        superseded: counted('superseded'),
        erased: counted('erased'),
        unknown: counted('unknown'),
      },
    }),
    results: results(raw).map((item) => ({
      id: text(item, 'id'),
      change: text(item, 'change') as ComparedMemory['change'],
      version: count(item.version, 1),
      versionThen: countOrNull(item.version_then),
    })),
    nextCursor: textOrNull(raw.next_cursor),
  };
}

export function restoreFrom(raw: JsonObject): RestoreResult {
  return {
    dryRun: raw.dry_run === true,
    resumed: raw.resumed === true,
    archived: count(raw.archived, 0),
    restored: count(raw.restored, 0),
    kept: count(raw.kept, 0),
    erased: count(raw.erased, 0),
    unknown: count(raw.unknown, 0),
    results: results(raw).map((item) => ({
      id: text(item, 'id'),
      action: text(item, 'action') as RestoreResult['results'][number]['action'],
    })),
    before: textOrNull(raw.before),
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
      ...(typeof signals.rerank === 'number' && { rerank: signals.rerank }),
    },
    matched: { terms: texts(matched.terms), entities: texts(matched.entities) },
    ...(isObject(passage) && {
      passage: { start: count(passage.start, 0), end: count(passage.end, 0) },
    }),
    exchange: typeof raw.exchange === 'number' ? raw.exchange : null,
    duplicates: texts(raw.duplicates),
    echoes: texts(raw.echoes),
    ...(isObject(raw.explanation) && { explanation: explanationFrom(raw.explanation) }),
  };
}

function explanationFrom(raw: JsonObject): Explanation {
  const calibration = isObject(raw.calibration) ? raw.calibration : {};
  const own = isObject(calibration.own) ? calibration.own : {};
  return {
    rank: countOrNull(raw.rank),
    fused: count(raw.fused, 0),
    parts: objects(raw.parts).map(partFrom),
    factors: objects(raw.factors).map((factor) => ({
      name: text(factor, 'name'),
      value: count(factor.value, 1),
    })),
    calibration: {
      evidence: count(calibration.evidence, 0),
      share: count(calibration.share, 0),
      own: {
        coverage: count(own.coverage, 0),
        cosine: count(own.cosine, 0),
        entities: count(own.entities, 0),
      },
    },
  };
}

function partFrom(raw: JsonObject): ExplainedPart {
  return {
    name: text(raw, 'name'),
    raw: count(raw.raw, 0),
    normalised: count(raw.normalised, 0),
    weight: count(raw.weight, 0),
    contribution: count(raw.contribution, 0),
    rank: countOrNull(raw.rank),
  };
}

function recallExplanationFrom(raw: JsonObject): RecallExplanation {
  const signals = isObject(raw.signals) ? raw.signals : {};
  return {
    filters: isObject(raw.filters) ? raw.filters : {},
    signals: Object.fromEntries(Object.entries(signals).map(([name, on]) => [name, on === true])),
    limit: count(raw.limit, 0),
    threshold: count(raw.threshold, 0),
    vectorTrust: count(raw.vector_trust, 0),
    terms: texts(raw.terms),
    entities: texts(raw.entities),
    candidates: count(raw.candidates, 0),
    eligible: count(raw.eligible, 0),
    seq: count(raw.seq, 0),
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
