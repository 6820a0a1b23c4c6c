/** The law of the embedder port: every provider runs this suite. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryError } from '../../domain/errors.ts';
import type { Embedder, EmbedOptions } from '../../ports/embedder.ts';

export interface EmbedderContract {
  readonly name: string;
  /** A fresh embedder each time; the suite closes it. */
  open(): Promise<Embedder>;
  /** `english` where texts in other languages may have no vector. Default `all`. */
  readonly knows?: 'all' | 'english';
  /**
   * Least cosine of a text's vector made alone and made among others. Default 0.9999; models that
   * quantise a whole batch at once need less.
   */
  readonly agreement?: number;
  readonly skip?: readonly { readonly rule: EmbedderRule; readonly reason: string }[];
}

/** Declares the suite `<name>: embedder`. */
export function runEmbedderContract(contract: EmbedderContract): void {
  const { name, open, knows = 'all', agreement = 0.9999, skip = [] } = contract;
  describe(`${name}: embedder`, () => {
    let opened: Embedder | undefined;
    const suite: Suite = {
      get embedder() {
        if (!opened) throw new Error('the embedder is opened before the tests');
        return opened;
      },
      open,
      agreement,
      knowsAll: knows === 'all',
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => opened?.close?.());
    for (const [rule, check] of Object.entries(rules)) {
      const skipped = skip.find((entry) => entry.rule === rule);
      if (skipped) it.skip(`${rule} (${skipped.reason})`, () => check(suite));
      else it(rule, () => check(suite));
    }
  });
}

interface Suite {
  readonly embedder: Embedder;
  readonly agreement: number;
  readonly knowsAll: boolean;
  open(): Promise<Embedder>;
}

/** How far the square of a length may be from 1, and a component from its second making. */
const closeEnough = 1e-4;
const longBytes = 32 * 1024;
const manyTexts = 300;
/** An aborted call may finish the piece at hand, but nothing near a timeout. */
const abortMsMax = 2_000;

const document: EmbedOptions = { role: 'document' };
const question: EmbedOptions = { role: 'query' };

const sentences = [
  'My daughter is allergic to peanuts.',
  'The printer driver was fixed on Tuesday.',
  'We moved from Lisbon to Oslo in the winter.',
  'The violin needs a new string before the concert.',
];

const scripts: Readonly<Record<string, string>> = {
  latin: 'Où est la bibliothèque municipale ?',
  vietnamese: 'Tôi thích uống cà phê vào buổi sáng.',
  cyrillic: 'Моя дочь не ест орехи.',
  greek: 'Η κόρη μου δεν τρώει ξηρούς καρπούς.',
  arabic: 'ابنتي لا تأكل المكسرات.',
  hebrew: 'הבת שלי לא אוכלת אגוזים.',
  devanagari: 'मेरी बेटी मूंगफली नहीं खाती।',
  bengali: 'আমার মেয়ে বাদাম খায় না।',
  tamil: 'என் மகள் வேர்க்கடலை சாப்பிடுவதில்லை.',
  thai: 'ลูกสาวของฉันไม่กินถั่วลิสง',
  khmer: 'កូនស្រីខ្ញុំមិនញ៉ាំសណ្តែកដីទេ។',
  han: '我女儿对花生过敏。',
  kana: '娘はピーナッツにアレルギーがあります。',
  hangul: '제 딸은 땅콩 알레르기가 있어요.',
  georgian: 'ჩემი ქალიშვილი თხილს არ ჭამს.',
  armenian: 'Աղջիկս ընկույզ չի ուտում։',
  ethiopic: 'ልጄ ኦቾሎኒ አትበላም።',
};

/** Texts without words, and texts that break careless code. */
const oddities = [
  '👍',
  '👩‍👩‍👧‍👦 🇵🇹 🎻',
  '   \n\t ',
  '...!?',
  'e\u0301\u0302\u0303',
  'nul \u0000 and bell \u0007',
  'half a pair \ud83d of surrogates',
  '"quotes" \\ {"json": true} <|endoftext|> [CLS]',
];

const rules = {
  async 'names a model and a dimension'({ embedder }: Suite) {
    expect(embedder.model).toMatch(/\S/);
    expect(embedder.dimension).toBeGreaterThan(0);
    expect(Number.isInteger(embedder.dimension)).toBe(true);
  },

  async 'gives one unit vector of the dimension per text'({ embedder }: Suite) {
    const vectors = await embedVectors(embedder, sentences, document);
    for (const vector of vectors) expectUnit(vector);
  },

  async 'keeps the order'({ embedder, agreement }: Suite) {
    const vectors = await embedVectors(embedder, sentences, document);
    const reversed = await embedVectors(embedder, [...sentences].reverse(), document);
    for (const [at, vector] of vectors.entries()) {
      for (const [other, again] of [...reversed].reverse().entries()) {
        const cosine = dot(vector, again);
        if (other === at) expect(cosine).toBeGreaterThanOrEqual(agreement);
        else expect(cosine).toBeLessThan(agreement);
      }
    }
  },

  async 'gives nothing for no texts'({ embedder }: Suite) {
    expect(await embedder.embed([], document)).toEqual([]);
    expect(await embedder.embed([], question)).toEqual([]);
  },

  async 'takes an empty text, alone and among others'({ embedder, agreement }: Suite) {
    const [alone] = await embedVectors(embedder, [''], document);
    expectUnitOrZero(alone);
    const [first, empty, last] = await embedVectors(
      embedder,
      ['one dog', '', 'two cats'],
      document,
    );
    expectUnitOrZero(empty);
    const [dog, cats] = await embedVectors(embedder, ['one dog', 'two cats'], document);
    expect(dot(first, dog)).toBeGreaterThanOrEqual(agreement);
    expect(dot(last, cats)).toBeGreaterThanOrEqual(agreement);
  },

  async 'takes a text of 32 KB'({ embedder, knowsAll }: Suite) {
    const english = sentences.join(' ').repeat(300).slice(0, longBytes);
    const chinese = '我女儿对花生过敏。'.repeat(2000).slice(0, longBytes / 3);
    const oneWord = 'a'.repeat(longBytes);
    const [first, second, third] = await embedVectors(
      embedder,
      [english, chinese, oneWord],
      document,
    );
    expectUnit(first);
    if (knowsAll) expectUnit(second);
    else expectUnitOrZero(second);
    expectUnitOrZero(third);
  },

  async 'takes emoji, control characters and half characters'({ embedder }: Suite) {
    for (const role of ['document', 'query'] as const) {
      const vectors = await embedVectors(embedder, oddities, { role });
      for (const vector of vectors) expectUnitOrZero(vector);
    }
  },

  async 'takes every script'({ embedder, knowsAll }: Suite) {
    const vectors = await embedVectors(embedder, Object.values(scripts), document);
    for (const vector of vectors) {
      if (knowsAll) expectUnit(vector);
      else expectUnitOrZero(vector);
    }
  },

  async 'takes 300 texts at once, and mixes none of them up'({ embedder, agreement }: Suite) {
    const texts = Array.from({ length: manyTexts }, (_, at) => {
      const sentence = sentences[at % sentences.length] ?? '';
      // Of many lengths, so that an embedder that sorts them must put them back.
      return `${at} ${`${sentence} `.repeat(1 + ((at * 7) % 5))}`;
    });
    const vectors = await embedVectors(embedder, texts, document);
    for (const at of [0, 1, 63, 64, 96, 127, 128, 199, 256, 299]) {
      const [alone] = await embedVectors(embedder, [texts[at] ?? ''], document);
      expect(dot(vectors[at], alone)).toBeGreaterThanOrEqual(agreement);
    }
  },

  async 'knows questions and documents'({ embedder }: Suite) {
    const [asked] = await embedVectors(embedder, ['Who is allergic to peanuts?'], question);
    expectUnit(asked);
    const told = await embedVectors(embedder, sentences, document);
    for (const vector of told) expectUnit(vector);
  },

  async 'gives the same text the same vector again'({ embedder }: Suite) {
    for (const role of ['document', 'query'] as const) {
      const [once, second] = await embedVectors(embedder, sentences.slice(0, 2), { role });
      const [again, secondAgain] = await embedVectors(embedder, sentences.slice(0, 2), { role });
      expectSame(once, again);
      expectSame(second, secondAgain);
    }
  },

  async 'answers calls that run at the same time'({ embedder, agreement }: Suite) {
    const calls = sentences.map((sentence) => embedVectors(embedder, [sentence], question));
    const together = await Promise.all(calls);
    const inLine = await embedVectors(embedder, sentences, question);
    for (const [at, [vector]] of together.entries()) {
      expect(dot(vector, inLine[at])).toBeGreaterThanOrEqual(agreement);
    }
  },

  async 'ends early when it is told to, and works on'({ embedder }: Suite) {
    const gone = AbortSignal.abort();
    await expect(embedder.embed(sentences, { ...document, signal: gone })).rejects.toThrow();
    await expect(embedder.embed(['one'], { ...question, signal: gone })).rejects.toThrow();
    const controller = new AbortController();
    const texts = Array.from({ length: manyTexts }, (_, at) => `${at} ${sentences.join(' ')}`);
    const running = embedder.embed(texts, { ...document, signal: controller.signal });
    const start = performance.now();
    controller.abort();
    await expect(running).rejects.toThrow();
    expect(performance.now() - start).toBeLessThan(abortMsMax);
    const [vector] = await embedVectors(embedder, ['one dog'], document);
    expectUnit(vector);
  },

  async 'refuses with a code after it was closed'({ open }: Suite) {
    const embedder = await open();
    await embedder.embed(['one dog'], document);
    await embedder.close?.();
    await embedder.close?.();
    for (const options of [document, question]) {
      const error: unknown = await embedder.embed(['two cats'], options).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(MemoryError.isInstance(error)).toBe(true);
    }
  },
} as const satisfies Record<string, (suite: Suite) => Promise<void>>;

export type EmbedderRule = keyof typeof rules;

/** What every answer must be, whatever was asked. */
async function embedVectors(
  embedder: Embedder,
  texts: readonly string[],
  options: EmbedOptions,
): Promise<Float32Array[]> {
  const vectors = await embedder.embed(texts, options);
  expect(vectors).toHaveLength(texts.length);
  for (const vector of vectors) {
    expect(vector).toBeInstanceOf(Float32Array);
    expect(vector.length).toBe(embedder.dimension);
    expect(vector.every(Number.isFinite)).toBe(true);
  }
  return vectors;
}

function dot(left: Float32Array | undefined, right: Float32Array | undefined): number {
  let sum = 0;
  for (const [at, value] of left?.entries() ?? []) sum += value * (right?.[at] ?? 0);
  return sum;
}

function expectUnit(vector: Float32Array | undefined): void {
  expect(Math.abs(dot(vector, vector) - 1)).toBeLessThan(closeEnough);
}

function expectUnitOrZero(vector: Float32Array | undefined): void {
  expect(vector).toBeDefined();
  if (vector?.some((value) => value !== 0)) expectUnit(vector);
}

function expectSame(left: Float32Array | undefined, right: Float32Array | undefined): void {
  expect(left).toBeDefined();
  for (const [at, value] of left?.entries() ?? []) {
    expect(Math.abs(value - (right?.[at] ?? Number.NaN))).toBeLessThan(closeEnough);
  }
}
