/** Letters of other scripts that stand in a Latin word because they look like Latin ones. Pure. */

/** Each letter, and what it is read as (a choice of Unicode's confusables.txt, UTS 39). */
const pairs: readonly (readonly [string, string])[] = [
  // Cyrillic.
  ['авеёіјкмнорсԛѕтԁухһԝь', 'aveeijkmhopcqstdyxhwb'],
  ['АВЕЁЅІЈКМНОРСТУХԜ', 'ABEESIJKMHOPCTYXW'],
  // Greek.
  ['αβγεικνορτυχω', 'abyeiknoptuxw'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  // Armenian.
  ['օսհոց', 'ouhng'],
];

/** By UTF-16 unit; 0 where there is none. */
const likeness = new Uint16Array(0x600);
for (const [others, latin] of pairs) {
  for (const [i, other] of [...others].entries()) {
    likeness[other.charCodeAt(0)] = latin.charCodeAt(i);
  }
}

/** Puts Latin letters in the place of what imitates them within a word, in UTF-16 units. */
export function unmaskLookAlikes(units: Uint16Array): void {
  let start = 0;
  let hasLatin = false;
  let hasOthers = false;
  for (let i = 0; i <= units.length; i += 1) {
    const unit = units[i] ?? 0;
    const isLatin = (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);
    const isOther = !isLatin && (likeness[unit] ?? 0) > 0;
    hasLatin ||= isLatin;
    hasOthers ||= isOther;
    if (isLatin || isOther) continue;
    if (hasLatin && hasOthers) unmask(units.subarray(start, i));
    hasLatin = false;
    hasOthers = false;
    start = i + 1;
  }
}

function unmask(word: Uint16Array): void {
  for (let i = 0; i < word.length; i += 1) word[i] = likeness[word[i] ?? 0] || (word[i] ?? 0);
}

const smallCapitals = new Map(
  [...'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ'].map((letter, i) => [letter, 'abcdefghijklmnopqrstuvwyz'[i]]),
);

/** Of ɢ: g. Undefined for every other character. */
export function ofSmallCapital(character: string): string | undefined {
  return smallCapitals.get(character);
}

/** Capitals in circles and squares, 26 in every 32 places: Unicode folds only some of them. */
const enclosed = { first: 0x1f130, last: 0x1f189 };

/** Of the code point of 🅰: A. Undefined for every other one. */
export function ofEnclosed(point: number): string | undefined {
  if (point < enclosed.first || point > enclosed.last) return undefined;
  const place = (point - enclosed.first) % 32;
  return place < 26 ? String.fromCharCode(0x41 + place) : undefined;
}
