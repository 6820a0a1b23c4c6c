/** Memories as the wire shows them: snake_case, times as ISO 8601 in UTC. */
import type { Access } from '../domain/access.ts';
import { type Memory, textOf } from '../domain/memory.ts';
import type { NamespaceDetail } from '../engine/namespaces/settings.ts';
import type { RecallResult } from '../engine/recall/show.ts';
import type { QueryTime } from '../engine/recall/time.ts';
import type { NamespaceInfo } from '../ports/records.ts';
import { presentExplanation } from './present-explanation.ts';

export const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

/** Null for a key that may write there and not read. */
export function presentWritten(memory: Memory, access: Access) {
  return access.allowsRead(memory.namespace) ? presentMemory(memory) : null;
}

export function presentMemory(memory: Memory) {
  const { body } = memory;
  return {
    id: memory.id,
    key: body.key ?? null,
    value: body.value,
    content: textOf(body.value),
    namespace: memory.namespace,
    kind: memory.kind,
    type: body.type ?? null,
    audience: memory.audience,
    tags: body.tags,
    metadata: body.metadata,
    attachments: body.attachments.map(({ mediaType, ...rest }) => ({
      ...rest,
      ...(mediaType !== undefined && { media_type: mediaType }),
    })),
    links: body.links ?? [],
    derived_from: body.derivedFrom,
    speaker: body.speaker ?? null,
    occurred_at: iso(memory.occurredAt),
    created_at: iso(memory.createdAt),
    updated_at: iso(memory.updatedAt),
    valid_from: isoOrNull(memory.validFrom),
    valid_to: isoOrNull(memory.validTo),
    expires_at: isoOrNull(memory.expiresAt),
    version: memory.version,
    supersedes: memory.supersedes,
    superseded_by: memory.supersededBy,
    archived: memory.archived,
    pinned: memory.pinned,
    importance: memory.importance,
    confidence: memory.confidence,
    trust: memory.trust,
    flags: body.flags ?? [],
    echo_of: body.echoOf ?? null,
    indexed: presentIndexed(memory),
  };
}

/** Words and entities are indexed with the write; the vector may follow. */
export function presentIndexed({ hasVector }: Memory) {
  return { text: true, vector: hasVector };
}

/** A search result: the memory, and why it was found. Scores carry four decimals. */
export function presentResult(result: RecallResult) {
  const { vector, text, entity } = result.signals;
  // Assigned, not spread: a search makes ten of these, and copying each costs more than making it.
  return Object.assign(presentMemory(result.memory), {
    score: round(result.score),
    signals: {
      vector: round(vector),
      text: round(text),
      entity: round(entity),
      ...(result.rerankScore !== undefined && { rerank: round(result.rerankScore) }),
    },
    matched: result.matched,
    passage: result.passage,
    exchange: result.exchange,
    duplicates: result.duplicates,
    echoes: result.echoes,
    explanation: result.explanation && presentExplanation(result.explanation),
  });
}

/** How a time in the question was read; the open ends of "since" and "before" are far away. */
export function presentTime({ from, to, text, used }: QueryTime) {
  return { from: iso(from), to: iso(to), text, used };
}

export function presentNamespace(info: NamespaceInfo) {
  return {
    name: info.name,
    memories: info.memories,
    created_at: iso(info.createdAt),
    changed_at: iso(info.changedAt),
  };
}

export function presentNamespaceDetail(detail: NamespaceDetail) {
  const { settings, hygiene, settingsVersion: version } = detail;
  const { defaultMode } = settings;
  return { ...presentNamespace(detail), default_mode: defaultMode, hygiene, version };
}

/** Four decimals. */
export function round(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
