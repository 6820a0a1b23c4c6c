/** Everything about a store that needs no look at the records: checks, intent, analysis. */
import { requireAudience, requireNamespace } from '../../domain/access.ts';
import { encodeBody } from '../../domain/body-codec.ts';
import { makeMemoryId } from '../../domain/ids.ts';
import { limits } from '../../domain/limits.ts';
import { linksField } from '../../domain/links.ts';
import {
  type EntityMention,
  type KeyHash,
  type MemoryBody,
  type NamespaceName,
  textOf,
} from '../../domain/memory.ts';
import { checkMemoryInput, type MemoryInput } from '../../domain/memory-input.ts';
import { decideIntent, indexedText, type StoreIntent } from '../../domain/store-rules.ts';
import { encodeAnalysis } from '../../index/analysis-codec.ts';
import type { NewColumns, PutOp } from '../../ports/records.ts';
import { extractEntities } from '../../text/entities.ts';
import { splitPassages } from '../../text/passages.ts';
import { parseTranscript } from '../../text/transcript.ts';
import { createTurns, type Turns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { flagsField, judge } from '../hygiene/judge.ts';
import { checkTargets } from '../links/links.ts';
import { defaultModeFor } from '../namespaces/settings.ts';
import type { Scope } from '../scope.ts';

export interface PreparedStore {
  readonly input: MemoryInput;
  readonly intent: StoreIntent;
  readonly keyHash: KeyHash | null;
  readonly body: MemoryBody;
  readonly put: PutOp;
  /** Bulk does not wait for vectors: they follow in larger batches. */
  readonly waits: boolean;
  readonly turns: Turns;
}

/** Throws coded errors for bad input; nothing is written. */
export async function prepareStore(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  raw: MemoryInput,
  origin: 'api' | 'bulk' | 'import',
): Promise<PreparedStore> {
  const checked = checkMemoryInput(raw, deps.valueBytesMax);
  requireNamespace(scope.access, namespace);
  const audience = checked.audience ?? 'user';
  requireAudience(scope.access, namespace, audience);
  const { content: input, flags, trust } = await judge(deps, scope, namespace, checked, audience);
  await checkTargets(deps, scope, namespace, input.links ?? []);
  const isTranscript = parseTranscript(textOf(input.value)) !== undefined;
  const defaultMode = await defaultModeFor(deps, scope, namespace, input);
  const intent = decideIntent(input, isTranscript, defaultMode);
  // What is imported was said before anything was handed out.
  const text = origin === 'import' ? '' : textOf(input.value);
  const echoOf = deps.handedOut.echoOf(scope.tenant, namespace, text);
  const turns = createTurns(scope.tenant);
  const body = {
    ...(await bodyOf(input, origin, turns)),
    ...(echoOf !== undefined && { echoOf }),
    ...flagsField(flags),
  };
  const keyHash = input.key === undefined ? null : deps.hashKey(scope.tenant, namespace, input.key);
  const columns = { ...columnsOf(deps, input, intent, keyHash), trust };
  const waits = origin === 'api';
  const facts = { occurredAt: columns.occurredAt, isFact: intent.kind === 'fact' };
  const [analysis, vectors] = await Promise.all([
    deps.analyzer.analyze(body, facts, turns),
    deps.embeddings.forStore(body, waits),
  ]);
  const put: PutOp = {
    op: 'put',
    columns,
    body: encodeBody(body),
    analysis: encodeAnalysis(analysis),
    vectors,
  };
  return { input, intent, keyHash, body, put, waits, turns };
}

async function bodyOf(input: MemoryInput, origin: string, turns: Turns): Promise<MemoryBody> {
  const content = { value: input.value, attachments: [...(input.attachments ?? [])] };
  return {
    ...content,
    ...(input.key !== undefined && { key: input.key }),
    ...(input.type !== undefined && { type: input.type }),
    ...(input.speaker !== undefined && { speaker: input.speaker }),
    tags: [...(input.tags ?? [])],
    metadata: input.metadata ?? {},
    entities: await findEntities(indexedText(content), input.speaker, turns),
    derivedFrom: [],
    ...linksField(input.links),
    origin,
  };
}

/** Passage by passage, so that a long text leaves the event loop its turns. */
export async function findEntities(
  text: string,
  speaker: string | undefined,
  turns: Turns,
): Promise<EntityMention[]> {
  const found: EntityMention[] = [];
  for (const passage of splitPassages(text)) {
    if (found.length >= limits.entitiesMax) break;
    const part = text.slice(passage.start, passage.end);
    for (const mention of extractEntities(part, speaker === undefined ? {} : { speaker })) {
      const { type, normal, start, end } = mention;
      found.push({ type, normal, start: passage.start + start, end: passage.start + end });
    }
    if (turns.due()) await turns.next();
  }
  return found.slice(0, limits.entitiesMax);
}

function columnsOf(
  deps: EngineDeps,
  input: MemoryInput,
  intent: StoreIntent,
  keyHash: KeyHash | null,
): NewColumns {
  const now = deps.clock.now();
  return {
    id: makeMemoryId(now, deps.clock.randomBytes(10)),
    kind: intent.kind,
    audience: input.audience ?? 'user',
    trust: 'normal',
    keyHash,
    occurredAt: input.occurredAt ?? now,
    validFrom: input.validFrom ?? null,
    validTo: input.validTo ?? null,
    expiresAt: input.expiresAt ?? null,
    supersedes: null,
    archived: false,
    pinned: input.pinned ?? false,
    importance: input.importance ?? 0.5,
    confidence: input.confidence ?? 1,
  };
}
