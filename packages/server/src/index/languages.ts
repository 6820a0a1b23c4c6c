/** Up to three ISO 639-1 codes in one 32-bit word. */

const bitsPerLanguage = 10;
const languageMask = (1 << bitsPerLanguage) - 1;
const languagesMax = 3;
const letterA = 'a'.charCodeAt(0);

/** Codes that are not two lower-case letters are left out. 0 stands for none. */
export function packLanguages(codes: readonly string[]): number {
  let word = 0;
  let kept = 0;
  for (const code of codes) {
    if (kept === languagesMax || !/^[a-z]{2}$/.test(code)) continue;
    const number = (code.charCodeAt(0) - letterA) * 26 + (code.charCodeAt(1) - letterA) + 1;
    word |= number << (kept * bitsPerLanguage);
    kept += 1;
  }
  return word;
}

/** Counts words made by {@link packLanguages} and names the most frequent languages. */
export class LanguageCounter {
  readonly #counts = new Uint32Array(1 << bitsPerLanguage);

  add(word: number, passages = 1): void {
    for (let rest = word; rest !== 0; rest >>>= bitsPerLanguage) {
      const number = rest & languageMask;
      this.#counts[number] = (this.#counts[number] ?? 0) + passages;
    }
  }

  /** Most frequent first, at most three; equally frequent ones in alphabetical order. */
  top(): string[] {
    return [...this.#counts.entries()]
      .filter(([number, count]) => number > 0 && count > 0)
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, languagesMax)
      .map(([number]) => String.fromCharCode(...letters(number - 1)));
  }
}

function letters(number: number): [number, number] {
  return [letterA + Math.floor(number / 26), letterA + (number % 26)];
}
