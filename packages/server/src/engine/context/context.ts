/** A block for a prompt: what an application should know before it answers, within a budget. */
import { limits } from '../../domain/limits.ts';
import type { MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { Tokenizer } from '../../ports/tokenizer.ts';
import { createTurns, type Turns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import type { RecallFilter } from '../recall/filter.ts';
import type { QueryTime, QuestionTime } from '../recall/time.ts';
import type { Scope } from '../scope.ts';
import { distinct } from './distinct.ts';
import { type Chosen, type Frame, fit } from './fit.ts';
import { gather } from './gather.ts';
import { type ContextItem, type SectionName, sectionNames } from './item.ts';
import { type Rendered, render } from './render.ts';
import { type ContextFormat, styleOf } from './style.ts';

/** When the question is asked also decides which facts hold and which threads are open. */
export interface ContextRequest extends QuestionTime {
  readonly query: string;
  readonly namespace: NamespaceName;
  /** Where the application's own memory is, shared by all users. */
  readonly systemNamespace?: NamespaceName;
  readonly maxTokens: number;
  readonly format: ContextFormat;
  /** Least score of what the question finds, 0 to 1; room that is left does not lower it. */
  readonly threshold: number;
  /** Results that the context is chosen from. */
  readonly limit: number;
  /** For everything but the application's own memory. */
  readonly filter: RecallFilter;
  readonly sections: ReadonlySet<SectionName>;
  /** Whether lines of the standing profile are told that the question did not find. */
  readonly profile: boolean;
}

export interface ContextSection {
  readonly name: SectionName;
  readonly items: readonly {
    readonly id: MemoryId;
    readonly score: number | null;
    readonly tokens: number;
  }[];
}

export interface ContextCitation {
  /** The text cites it as `[n]`. */
  readonly n: number;
  readonly id: MemoryId;
  readonly key: string | null;
  readonly namespace: NamespaceName;
  /** Milliseconds since 1970 UTC. */
  readonly occurredAt: number;
  readonly score: number | null;
}

export interface ContextAnswer {
  /** Empty when nothing is relevant, or when nothing fits. */
  readonly text: string;
  /** Counted over the whole text; never more than `maxTokens`. */
  readonly tokens: number;
  readonly tokenizer: string;
  readonly sections: readonly ContextSection[];
  readonly citations: readonly ContextCitation[];
  /** Memories that were found and are not shown, by reason. */
  readonly omitted: {
    readonly budget: number;
    readonly duplicate: number;
    readonly threshold: number;
  };
  /** How a time in the question was read; null when it names none. */
  readonly time: QueryTime | null;
  readonly degraded: readonly string[];
}

/** How many results a context is chosen from when nobody says: enough to fill it with turns. */
export function contextLimit(maxTokens: number): number {
  const { contextTokensPerResult, contextLimitMin, searchLimitMax } = limits;
  const wanted = Math.ceil(maxTokens / contextTokensPerResult);
  return Math.min(searchLimitMax, Math.max(contextLimitMin, wanted));
}

/** What a chat message costs beside its text: three marks and the role, as OpenAI counts. */
const messageTokens = 4;

/** A namespace that does not exist holds nothing: the answer is empty, not an error. */
export async function buildContext(
  deps: EngineDeps,
  scope: Scope,
  request: ContextRequest,
): Promise<ContextAnswer> {
  const turns = createTurns(scope.tenant);
  const { items, belowThreshold, time, degraded } = await gather(deps, scope, request);
  const { kept, duplicates } = await distinct(items, turns);
  const style = styleOf(request.format, kept, request.referenceTime ?? deps.clock.now());
  const tokenizer = await deps.openTokenizer();
  const frame = request.format === 'messages' ? messageTokens : 0;
  const tokensMax = request.maxTokens - frame;
  const chosen = await fit(kept, { style, tokenizer, turns }, tokensMax);
  const { rendered, tokens } = await settle(chosen, { style, tokenizer, turns }, tokensMax);
  const shown = rendered.items.map(({ item: { memory } }) => memory);
  deps.recallCounts.add(scope.tenant, shown);
  const own = shown.filter(({ namespace }) => namespace === request.namespace);
  deps.handedOut.note(scope.tenant, request.namespace, request.query, own);
  return {
    text: rendered.text,
    tokens: tokens === 0 ? 0 : tokens + frame,
    tokenizer: tokenizer.name,
    sections: sectionsOf(rendered),
    citations: rendered.items.map(({ n, item: { memory, score } }) => ({
      n,
      id: memory.id,
      key: memory.body.key ?? null,
      namespace: memory.namespace,
      occurredAt: memory.occurredAt,
      score,
    })),
    omitted: {
      // What the question did not find is not missed.
      budget: omittedBy(kept, rendered),
      duplicate: duplicates,
      threshold: belowThreshold,
    },
    time,
    degraded,
  };
}

function omittedBy(kept: readonly ContextItem[], { items }: Rendered): number {
  const shown = new Set(items.map(({ item }) => item));
  const isFound = ({ between, isProfile }: ContextItem) => between === undefined && !isProfile;
  return kept.filter((item) => isFound(item) && !shown.has(item)).length;
}

/** The promise is kept by counting what is sent, not by adding up what it was chosen by. */
async function settle(
  chosen: readonly Chosen[],
  { style, tokenizer, turns }: Frame,
  tokensMax: number,
): Promise<{ rendered: Rendered; tokens: number }> {
  for (let count = chosen.length; ; count--) {
    const rendered = render(chosen.slice(0, count), style);
    const tokens = await countText(rendered.text, tokenizer, turns);
    if (tokens <= tokensMax) return { rendered, tokens };
  }
}

/** Lines counted at once: about a millisecond, so that a long context leaves others their turns. */
const linesAtOnce = 16;

/** No token reaches over a line break before a mark of ours, so parts may be counted alone. */
async function countText(text: string, tokenizer: Tokenizer, turns: Turns): Promise<number> {
  const lines = text.split(/(?<=\n)/);
  let tokens = 0;
  for (let at = 0; at < lines.length; at += linesAtOnce) {
    tokens += tokenizer.count(lines.slice(at, at + linesAtOnce).join(''));
    if (turns.due()) await turns.next();
  }
  return tokens;
}

function sectionsOf({ items }: Rendered): ContextSection[] {
  const sections = sectionNames.map((name) => ({
    name,
    items: items
      .filter(({ item }) => item.section === name)
      .map(({ item: { memory, score }, tokens }) => ({ id: memory.id, score, tokens })),
  }));
  return sections.filter((section) => section.items.length > 0);
}
