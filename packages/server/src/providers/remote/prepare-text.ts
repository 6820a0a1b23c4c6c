/** Makes any text one that every service takes, and cuts it to what its model reads. */

/** Half characters are no UTF-8, and some services refuse control characters. */
const halves = /\p{Surrogate}/gu;
const controls = /[^\P{Cc}\n\t]/gu;

/** Empty when there is nothing to embed. `bytesMax` counts UTF-8. */
export function prepareText(text: string, bytesMax: number): string {
  return cutToBytes(cleanText(text).trim(), bytesMax);
}

/** The text without what some services refuse. */
export function cleanText(text: string): string {
  return text.replace(halves, '\u{fffd}').replace(controls, ' ');
}

/** No tokeniser in use makes more tokens than there are bytes, so bytes are the safe measure. */
function cutToBytes(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax || Buffer.byteLength(text) <= bytesMax) return text;
  const bytes = Buffer.from(text);
  let end = bytesMax;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end).trimEnd();
}
