/** The operation that stores what an action adds: analysed, embedded and judged like any store. */
import { encodeBody } from '../../domain/body-codec.ts';
import { makeMemoryId } from '../../domain/ids.ts';
import type { KeyHash, MemoryId, NamespaceName, Trust } from '../../domain/memory.ts';
import { checkMemoryInput } from '../../domain/memory-input.ts';
import { indexedText } from '../../domain/store-rules.ts';
import { encodeAnalysis } from '../../index/analysis-codec.ts';
import type { PutOp, RecordRow } from '../../ports/records.ts';
import { createTurns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { flagsField, judge, stricter } from '../hygiene/judge.ts';
import type { Scope } from '../scope.ts';
import { findEntities } from '../store/prepare.ts';
import type { DreamAction } from './stored-dream.ts';

export interface DerivedPlace {
  readonly scope: Scope;
  readonly namespace: NamespaceName;
  readonly dream: string;
  /** Of the strategy's subject. */
  readonly subject: KeyHash;
  /** Rows that the action rests on. */
  readonly sources: readonly RecordRow[];
}

/**
 * It is trusted no more than the least of its sources. Throws what a store of the same text would:
 * content_refused above all.
 */
export async function derivedOp(
  deps: EngineDeps,
  action: DreamAction,
  { scope, namespace, dream, subject, sources }: DerivedPlace,
): Promise<PutOp> {
  const { add, archive = [], strategy, confidence } = action;
  if (!add) throw new Error(`The action ${action.id} adds nothing.`);
  const turns = createTurns(scope.tenant);
  const { value, type, tags = [], metadata = {} } = add;
  const input = checkMemoryInput({ value, type, tags: [...tags], metadata }, deps.valueBytesMax);
  const { content, flags, trust } = await judge(deps, scope, namespace, input, 'user');
  const said = { value: content.value, attachments: [] };
  const body = {
    ...said,
    type,
    tags: [...(content.tags ?? [])],
    metadata: content.metadata ?? {},
    entities: await findEntities(indexedText(said), undefined, turns),
    derivedFrom: distinctIds(action),
    made: { dream, strategy, subject, ...archivedField(archive.map(({ id }) => id)) },
    ...flagsField(flags),
    origin: 'dream',
  };
  const facts = { occurredAt: add.occurredAt, isFact: false };
  const [analysis, vectors] = await Promise.all([
    deps.analyzer.analyze(body, facts, turns),
    deps.embeddings.forStore(body, false),
  ]);
  const now = deps.clock.now();
  return {
    op: 'put',
    columns: {
      id: makeMemoryId(now, deps.clock.randomBytes(10)),
      kind: 'derived',
      audience: 'user',
      trust: sources.reduce((worst: Trust, row) => stricter(worst, row.trust), trust),
      keyHash: null,
      occurredAt: add.occurredAt,
      validFrom: add.validFrom ?? null,
      validTo: add.validTo ?? null,
      expiresAt: null,
      supersedes: null,
      archived: false,
      pinned: false,
      importance: add.importance ?? 0.5,
      confidence,
    },
    body: encodeBody(body),
    analysis: encodeAnalysis(analysis),
    vectors,
  };
}

function distinctIds({ sources }: DreamAction): MemoryId[] {
  return [...new Set(sources.map(({ id }) => id))];
}

function archivedField(archived: MemoryId[]): { readonly archived?: MemoryId[] } {
  return archived.length === 0 ? {} : { archived };
}
