/** Which items go into the budget, and with which of their texts. */
import type { Tokenizer } from '../../ports/tokenizer.ts';
import type { Turns } from '../../util/turns.ts';
import { type ContextItem, type SectionName, sectionNames } from './item.ts';
import type { Style } from './style.ts';

export interface Chosen {
  readonly item: ContextItem;
  readonly text: string;
  /** Tokens of its line. */
  readonly tokens: number;
}

/**
 * What the first sections may take of the whole while others wait, and what is kept for the last
 * turns. What a section leaves goes to the ones after it, and in the end to all in their order.
 */
const systemShare = 0.25;
const userShare = 0.25;
const threadsShare = 0.15;
/** What lines of the profile may take, beside the frame around them: nobody has asked for them. */
const profileShare = 0.1;

/** What a context is made with. */
export interface Frame {
  readonly style: Style;
  readonly tokenizer: Tokenizer;
  readonly turns: Turns;
}

/** Chosen items, the least wanted last. Throws nothing; an empty list when nothing fits. */
export async function fit(
  items: readonly ContextItem[],
  { style, tokenizer, turns }: Frame,
  tokensMax: number,
): Promise<Chosen[]> {
  const budget = new Budget(style, tokenizer);
  const of = (section: SectionName, isProfile = false) =>
    items.filter((item) => item.section === section && (item.isProfile ?? false) === isProfile);
  const fill = async (section: SectionName, cap: number, isProfile?: boolean): Promise<void> => {
    for (const item of of(section, isProfile)) {
      budget.add(item, Math.min(cap, tokensMax));
      if (turns.due()) await turns.next();
    }
  };
  await fill('system', systemShare * tokensMax);
  await fill('user', budget.used + userShare * tokensMax);
  await fill('user', budget.used + budget.frameOf('user') + profileShare * tokensMax, true);
  const kept = of('threads').length > 0 ? threadsShare * tokensMax : 0;
  await fill('memories', tokensMax - kept);
  for (const section of ['threads', ...sectionNames] as const) await fill(section, tokensMax);
  return budget.chosen;
}

/** Lines never share a token, because each begins with a mark of ours: prices add up. */
class Budget {
  readonly chosen: Chosen[] = [];
  used = 0;
  readonly #style: Style;
  readonly #tokenizer: Tokenizer;
  readonly #open = new Set<SectionName>();
  readonly #rows = new Set<number>();
  readonly #ids = new Set<string>();
  /** By item, one place per text. */
  readonly #prices = new Map<ContextItem, number[]>();

  constructor(style: Style, tokenizer: Tokenizer) {
    this.#style = style;
    this.#tokenizer = tokenizer;
  }

  /** Takes the item with the longest of its texts that fits under `cap` tokens in all. */
  add(item: ContextItem, cap: number): void {
    const { section, memory, between } = item;
    if (this.#ids.has(memory.id)) return;
    if (between?.some((row) => !this.#rows.has(row))) return;
    const frame = this.frameOf(section);
    for (const [i, text] of item.texts.entries()) {
      const tokens = this.#priceOf(item, i);
      if (this.used + frame + tokens > cap) continue;
      this.used += frame + tokens;
      this.chosen.push({ item, text, tokens });
      this.#open.add(section);
      this.#ids.add(memory.id);
      if (section === 'memories') this.#rows.add(memory.ordinal);
      return;
    }
  }

  /** The shorter text is only counted when the longer one does not fit: counting costs the most. */
  #priceOf(item: ContextItem, i: number): number {
    const prices = this.#prices.get(item) ?? [];
    this.#prices.set(item, prices);
    // Any number stands for the item's own: o200k takes up to three digits as one token.
    prices[i] ??= this.#price(this.#style.line(item, item.texts[i] ?? '', 1));
    return prices[i];
  }

  /** What the lines around a section cost when it gets its first item. */
  frameOf(section: SectionName): number {
    if (this.#open.has(section)) return 0;
    const { open, close, dataOpen, dataClose } = this.#style;
    const lines = [open[section], ...(close ? [close[section]] : [])];
    const isFirstData = section !== 'system' && ![...this.#open].some((name) => name !== 'system');
    if (isFirstData) lines.push(...dataOpen, ...dataClose);
    return lines.reduce((sum, line) => sum + this.#price(line), 0);
  }

  #price(line: string): number {
    return this.#tokenizer.count(`${line}\n`);
  }
}
