/** Dreams as the wire shows them: what each is, and what it would change. */
import { type Memory, textOf } from '../domain/memory.ts';
import type { Dream, DreamDiff } from '../engine/dream/dreams.ts';
import type { AutoApply, DreamAction } from '../engine/dream/stored-dream.ts';
import { iso } from './present.ts';

export function presentDream(dream: Dream) {
  const { budget, autoApply, counts, error, spent } = dream;
  return {
    ...{ id: dream.id, namespace: dream.namespace, status: dream.state },
    ...{ strategies: dream.strategies, dry_run: dream.dryRun, schedule: dream.schedule ?? null },
    auto_apply: presentAutoApply(autoApply),
    budget: { ...budget, dollars: budget.dollars ?? null },
    before: timeOrNull(dream.before),
    created_at: iso(dream.createdAt),
    ended_at: timeOrNull(dream.endedAt),
    applied_at: timeOrNull(dream.appliedAt),
    undone_at: timeOrNull(dream.undoneAt),
    progress: { done: dream.done, current: dream.current ?? null },
    snapshot:
      dream.seq === undefined
        ? null
        : { seq: dream.seq, memories: dream.memories ?? 0, complete: dream.isComplete ?? true },
    counts: {
      ...{ added: counts.added, updated: counts.updated, superseded: counts.superseded },
      ...{ archived: counts.archived, linked: counts.linked },
      ...{ tokens_archived: counts.tokensArchived, tokens_added: counts.tokensAdded },
    },
    notes: dream.notes,
    dropped: dream.dropped,
    spent: spent
      ? {
          ...{ calls: spent.calls, dollars: spent.dollars, dropped: spent.dropped },
          ...{ input_tokens: spent.inputTokens, output_tokens: spent.outputTokens },
        }
      : null,
    error: error ?? null,
  };
}

export function presentAutoApply(policy: AutoApply | undefined) {
  if (!policy) return null;
  const { confidence, strategies, additionsOnly = false } = policy;
  return { confidence, ...(strategies && { strategies }), additions_only: additionsOnly };
}

/** `actions` say why; the lists say what, and name their action. */
export function presentDiff({ actions, memories }: DreamDiff) {
  return {
    actions: actions.map(presentAction),
    added: actions.flatMap(presentAdded),
    updated: actions.flatMap(({ id: action, update = [] }) =>
      update.map(({ memory, columns: { confidence, importance, validTo } }) => ({
        ...{ action, id: memory.id },
        ...(confidence !== undefined && { confidence }),
        ...(importance !== undefined && { importance }),
        ...(validTo !== undefined && { valid_to: validTo === null ? null : iso(validTo) }),
      })),
    ),
    superseded: actions.flatMap(({ id: action, supersede = [], addedId }) =>
      supersede.map(({ memory, by }) => ({
        ...{ action, id: memory.id },
        by: by === 'added' ? (addedId ?? null) : by.id,
      })),
    ),
    archived: actions.flatMap(({ id: action, archive = [], addedId }) =>
      archive.map(({ id }) => ({ action, id, by: addedId ?? null })),
    ),
    linked: actions.flatMap(({ id: action, link = [] }) =>
      link.map(({ from, type, to }) => ({ action, type, from: from.id, to: to.id })),
    ),
    memories: presentNamed(memories),
  };
}

function presentAction(action: DreamAction) {
  const { id, strategy, state: status, reason, confidence, sources, why } = action;
  return {
    ...{ id, strategy, status, reason, confidence, why: why ?? null },
    sources: sources.map(({ id, version }) => ({ id, version })),
  };
}

function presentAdded({ id: action, add, addedId }: DreamAction) {
  if (!add) return [];
  const { value, type, tags = [], metadata = {}, occurredAt } = add;
  // Once it is applied, the words are those of the memory.
  const words = value === '' ? null : value;
  const said = { value: words, type, tags, metadata, occurred_at: iso(occurredAt) };
  return [{ action, id: addedId ?? null, ...said }];
}

function presentNamed(memories: DreamDiff['memories']) {
  return Object.fromEntries([...memories.values()].map((memory) => [memory.id, shown(memory)]));
}

function shown({ body, kind, version, archived, occurredAt }: Memory) {
  const { value, key = null, speaker = null } = body;
  const content = textOf(value);
  return { content, kind, key, speaker, version, archived, occurred_at: iso(occurredAt) };
}

const timeOrNull = (ms: number | undefined): string | null => (ms === undefined ? null : iso(ms));
