/** The chosen items as one text with numbered lines. Pure. */
import type { Chosen } from './fit.ts';
import { type SectionName, sectionNames } from './item.ts';
import type { Style } from './style.ts';

export interface RenderedItem extends Chosen {
  /** What the text cites it as. */
  readonly n: number;
}

export interface Rendered {
  readonly text: string;
  readonly items: readonly RenderedItem[];
}

/** Sections in their fixed order; empty ones, and the frame of nothing, are left out. */
export function render(chosen: readonly Chosen[], style: Style): Rendered {
  const lines: string[] = [];
  const items: RenderedItem[] = [];
  const addSection = (section: SectionName): void => {
    const inside = inOrder(chosen.filter(({ item }) => item.section === section));
    if (inside.length === 0) return;
    lines.push(style.open[section]);
    for (const one of inside) {
      const n = items.length + 1;
      lines.push(style.line(one.item, one.text, n));
      items.push({ ...one, n });
    }
    if (style.close) lines.push(style.close[section]);
  };
  addSection('system');
  if (chosen.some(({ item }) => item.section !== 'system')) {
    lines.push(...style.dataOpen);
    for (const section of sectionNames) if (section !== 'system') addSection(section);
    lines.push(...style.dataClose);
  }
  return { text: lines.join('\n'), items };
}

/** Groups by their most wanted item; inside a group in the order in which it was said. */
function inOrder(chosen: readonly Chosen[]): Chosen[] {
  const groups = new Map<string, Chosen[]>();
  for (const one of chosen) {
    const group = groups.get(one.item.group) ?? [];
    group.push(one);
    groups.set(one.item.group, group);
  }
  const ordinal = ({ item }: Chosen): number => item.memory.ordinal;
  return [...groups.values()].flatMap((group) => group.sort((a, b) => ordinal(a) - ordinal(b)));
}
