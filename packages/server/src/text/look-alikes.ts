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

const likeness = new Map(
  pairs.flatMap(([others, latin]) => [...others].map((other, i) => [other, latin[i] ?? other])),
);

const others = [...likeness.keys()].join('');
const mixed = new RegExp(`[A-Za-z][${others}]|[${others}][A-Za-z]`);
const word = new RegExp(`[A-Za-z${others}]+`, 'g');
const latin = /[A-Za-z]/;

/** The same text, place by place, with Latin letters where they are imitated within a word. */
export function withoutLookAlikes(text: string): string {
  if (!mixed.test(text)) return text;
  return text.replace(word, (letters) =>
    latin.test(letters)
      ? letters.replace(/[^A-Za-z]/g, (letter) => likeness.get(letter) ?? letter)
      : letters,
  );
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
