/** The floor of recall: a plain BM25 over the same texts, written apart from the product's. */
import type { Item } from '../lib/api.ts';
import type { Group } from './data.ts';
import { detectLanguage, floorTerms } from './floor-words.ts';

const k1 = 1.2;
const b = 0.75;

export interface Floor {
  /** The language that the texts are stemmed in, or `-`. */
  readonly language: string;
  /** Documents that share a term with the query, best first, at most `limit`. */
  rank(query: string, limit: number): { readonly doc: string; readonly score: number }[];
}

/** Indexes the documents of a group, each as "date speaker: text". */
export function createFloor(group: Group): Floor {
  const language = detectLanguage(group.items.map((item) => item.value));
  const documents = group.items.map((item) => floorTerms(floorText(item), language));
  const ids = group.items.map((item) => item.metadata?.doc ?? '');
  const postings = new Map<string, Map<number, number>>();
  documents.forEach((terms, document) => {
    for (const term of terms) {
      const counts = postings.get(term) ?? new Map<number, number>();
      counts.set(document, (counts.get(document) ?? 0) + 1);
      postings.set(term, counts);
    }
  });
  const total = documents.length;
  const meanLength = documents.reduce((sum, terms) => sum + terms.length, 0) / total;
  return {
    language,
    rank: (query, limit) => {
      const scores = new Map<number, number>();
      for (const term of floorTerms(query, language)) {
        const counts = postings.get(term);
        if (counts === undefined) continue;
        const idf = Math.log(1 + (total - counts.size + 0.5) / (counts.size + 0.5));
        for (const [document, count] of counts) {
          const length = documents[document]?.length ?? 0;
          const weight = count + k1 * (1 - b + (b * length) / meanLength);
          const gain = (idf * count * (k1 + 1)) / weight;
          scores.set(document, (scores.get(document) ?? 0) + gain);
        }
      }
      return [...scores]
        .sort(([first, one], [second, other]) => other - one || first - second)
        .slice(0, limit)
        .map(([document, score]) => ({ doc: ids[document] ?? '', score }));
    },
  };
}

/** The text that the floor indexes: the date in words, the speaker and what was said. */
export function floorText(item: Item): string {
  const date = item.occurred_at === undefined ? '' : `${dateWords(item.occurred_at)} `;
  const speaker = item.speaker === undefined ? '' : `${item.speaker}: `;
  return `${date}${speaker}${item.value}`;
}

const calendar = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

function dateWords(iso: string): string {
  return calendar.format(new Date(iso));
}
