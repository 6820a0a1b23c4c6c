/** How well hygiene finds what is planted: precision and recall per kind. */
import { type HygieneKind, hygieneKinds } from '../../packages/server/src/domain/hygiene.ts';
import { findingsIn } from '../../packages/server/src/text/findings.ts';
import { heldOutInstructions, heldOutSecrets } from './held-out.fixture.ts';
import { ordinary } from './ordinary.fixture.ts';
import { plantedCards, plantedInstructions, plantedSecrets } from './planted.fixture.ts';

export interface KindQuality {
  readonly kind: HygieneKind;
  readonly planted: number;
  /** Of the planted ones. */
  readonly found: number;
  /** Texts of the other kinds, and ordinary ones, in which it was found too. */
  readonly wrong: number;
}

export interface Quality {
  readonly kinds: readonly KindQuality[];
  /** Texts that were missed, or taken for what they are not. */
  readonly mistakes: readonly string[];
}

const planted: Readonly<Record<HygieneKind, readonly string[]>> = {
  secrets: plantedSecrets,
  cards: plantedCards,
  instructions: plantedInstructions,
};

export function measureHygiene(): Quality {
  const mistakes: string[] = [];
  const kinds = hygieneKinds.map((kind): KindQuality => {
    const holds = (text: string) => findingsIn(text).some((finding) => finding.kind === kind);
    const others = hygieneKinds.filter((one) => one !== kind).flatMap((one) => planted[one]);
    const missed = planted[kind].filter((text) => !holds(text));
    const wrong = [...ordinary, ...others].filter(holds);
    mistakes.push(...missed.map((text) => `${kind}, missed: ${JSON.stringify(text)}`));
    mistakes.push(...wrong.map((text) => `${kind}, wrong: ${JSON.stringify(text)}`));
    const { length } = planted[kind];
    return { kind, planted: length, found: length - missed.length, wrong: wrong.length };
  });
  return { kinds, mistakes };
}

/** Rows of a Markdown table, as docs/guides/hygiene.md shows them. */
export function qualityTable({ kinds }: Quality): string[] {
  return [
    '| kind | planted | found | wrong | precision | recall |',
    '| --- | --- | --- | --- | --- | --- |',
    ...kinds.map(({ kind, planted: all, found, wrong }) => {
      const precision = (found / (found + wrong)).toFixed(2);
      const recall = (found / all).toFixed(2);
      return `| ${kind} | ${all} | ${found} | ${wrong} | ${precision} | ${recall} |`;
    }),
  ];
}

/** Of the texts that the rules were not written for: found ones, and all. */
export function measureHeldOut() {
  const count = (kind: HygieneKind, texts: readonly string[]) => {
    const isFound = (text: string) => findingsIn(text).some((finding) => finding.kind === kind);
    return { kind, planted: texts.length, found: texts.filter(isFound).length };
  };
  return [count('secrets', heldOutSecrets), count('instructions', heldOutInstructions)] as const;
}
