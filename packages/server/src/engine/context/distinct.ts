/** Never the same thing twice: each memory once, and each text once. */
import { isSaidIn, type Said, saidBy } from '../../text/same-words.ts';
import type { Turns } from '../../util/turns.ts';
import type { ContextItem } from './item.ts';

interface Kept {
  item: ContextItem;
  said: Said;
}

/** Of two near-equal texts of one section the one that says more takes the earlier place. */
export async function distinct(
  items: readonly ContextItem[],
  turns: Turns,
): Promise<{
  kept: ContextItem[];
  duplicates: number;
}> {
  const kept: Kept[] = [];
  let duplicates = 0;
  for (const item of merged(items)) {
    if (turns.due()) await turns.next();
    const said = saidBy(spokenText(item));
    if (kept.some((other) => isSaidIn(said, other.said))) {
      duplicates += 1;
      continue;
    }
    const weaker = kept.find(
      ({ item: { section }, said: other }) =>
        section === item.section && !item.isProfile && isSaidIn(other, said),
    );
    if (weaker === undefined) {
      kept.push({ item, said });
      continue;
    }
    duplicates += 1;
    weaker.item = item;
    weaker.said = said;
  }
  return { kept: kept.map(({ item }) => item), duplicates };
}

/** The first mention of a memory stays, with the score and the texts of one that has a score. */
function merged(items: readonly ContextItem[]): ContextItem[] {
  const byId = new Map<string, ContextItem>();
  for (const item of items) {
    const { id } = item.memory;
    const first = byId.get(id);
    if (first === undefined) byId.set(id, item);
    else if (first.score === null && item.score !== null) {
      byId.set(id, { ...first, score: item.score, texts: item.texts });
    }
  }
  return [...byId.values()];
}

/** Who says it, or under which key it stands, is part of what is said. */
function spokenText({ memory: { body, kind }, texts }: ContextItem): string {
  const about = kind === 'fact' ? body.key : body.speaker;
  return `${about ?? ''} ${texts[0] ?? ''}`;
}
