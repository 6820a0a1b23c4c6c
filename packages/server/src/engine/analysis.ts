/** Turns a memory's body into what the index holds: passages, terms and entities. */
import type { MemoryBody } from '../domain/memory.ts';
import { indexedText } from '../domain/store-rules.ts';
import type { MemoryAnalysis, PassageAnalysis, TermCount } from '../index/types.ts';
import { analyzeDocument, analyzerVersion } from '../text/analyze.ts';
import { analyzePassages } from '../text/analyze-passages.ts';
import { questionShare } from '../text/question-share.ts';
import { dateTerms, meantDateTerms } from '../text/time-terms.ts';
import type { Turns } from '../util/turns.ts';
import { attributesOf, fieldTerms } from './fields.ts';

/** What of a row, beside its body, is part of the indexed text. */
export interface AnalysisFacts {
  readonly occurredAt: number;
  /** Words of a fact's key are searchable: "favorite_color" answers for colours. */
  readonly isFact: boolean;
}

export interface Analyzer {
  readonly version: string;
  /** No passage has a vector yet: these are kept apart, one set per generation. */
  analyze(body: MemoryBody, facts: AnalysisFacts, turns: Turns): Promise<MemoryAnalysis>;
}

/** Recompute stored analyses when this changes: what is indexed beside the text. */
const indexedTextVersion = 4;

/** Long bodies and bulk work yield to the event loop between passages. */
export function createAnalyzer(): Analyzer {
  const version = `${analyzerVersion}+${indexedTextVersion}`;
  return {
    version,
    async analyze(body, facts, turns) {
      const text = indexedText(body);
      const shared = sharedTerms(body, facts);
      const languages = new Set<string>();
      const passages: PassageAnalysis[] = [];
      for (const { start, end, ...analyzed } of analyzePassages(text)) {
        const passageText = text.slice(start, end);
        languages.add(analyzed.language);
        passages.push({
          start,
          end,
          length: analyzed.length + shared.length,
          questionShare: questionShare(passageText),
          terms: addTerms(analyzed.terms, [
            ...shared,
            ...meantDateTerms(passageText, facts.occurredAt),
          ]),
          entities: entitiesWithin(body, start, end),
          vector: null,
        });
        if (turns.due()) await turns.next();
      }
      return {
        analyzer: version,
        languages: [...languages],
        fields: fieldTerms(body),
        ...attributesOf(body),
        passages,
      };
    },
  };
}

/** Speaker, date and a fact's key words: found with every passage of the memory. */
function sharedTerms(body: MemoryBody, facts: AnalysisFacts): string[] {
  const terms = dateTerms(facts.occurredAt);
  const words = [body.speaker ?? '', facts.isFact ? (body.key ?? '') : ''].join(' ').trim();
  if (words.length > 0) {
    for (const { term, count } of analyzeDocument(words).terms) {
      for (let i = 0; i < count; i++) terms.push(term);
    }
  }
  return terms;
}

function addTerms(terms: readonly TermCount[], extra: readonly string[]): TermCount[] {
  const counts = new Map(terms.map(({ term, count }) => [term, count]));
  for (const term of extra) counts.set(term, (counts.get(term) ?? 0) + 1);
  return Array.from(counts, ([term, count]) => ({ term, count }));
}

/** Entities of the passage, and the speaker, who is part of every passage. */
function entitiesWithin(body: MemoryBody, start: number, end: number): string[] {
  const inside = body.entities.filter((entity) => entity.start >= start && entity.start < end);
  const normals = new Set(inside.map((entity) => entity.normal));
  if (body.speaker) normals.add(body.speaker.toLowerCase());
  return [...normals];
}
