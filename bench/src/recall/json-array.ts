/** Reads a JSON array of any size from a file, one element in memory at a time. */
import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** The elements in order. Throws when the file is no array or ends inside one. */
export function* readJsonArray(path: string, chunkBytes = 1 << 20): Generator<unknown> {
  const splitter = new ElementSplitter();
  for (const text of readText(path, chunkBytes)) {
    for (const element of splitter.push(text)) yield JSON.parse(element);
  }
  if (!splitter.ended) throw new Error('the file ends inside its array');
}

/** The first character of a file that is not white space, a byte order mark left out. */
export function firstCharacter(path: string): string {
  for (const text of readText(path, 4096)) {
    const found = /[^\s\uFEFF]/.exec(text);
    if (found !== null) return found[0];
  }
  return '';
}

function* readText(path: string, chunkBytes: number): Generator<string> {
  const file = openSync(path, 'r');
  const decoder = new StringDecoder('utf8');
  const chunk = Buffer.alloc(chunkBytes);
  try {
    for (;;) {
      const count = readSync(file, chunk, 0, chunkBytes, null);
      if (count === 0) return;
      yield decoder.write(chunk.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}

/** Cuts an array into the text of its elements by counting brackets outside of strings. */
class ElementSplitter {
  ended = false;
  #element = '';
  #depth = 0;
  #inString = false;
  #escaped = false;

  *push(text: string): Generator<string> {
    let start = 0;
    for (let at = 0; at < text.length; at += 1) {
      const char = text[at];
      if (this.#inString) this.#readInString(char);
      else if (char === '"') this.#inString = true;
      else if (char === '[' || char === '{') {
        this.#depth += 1;
        if (this.#depth === 1) {
          if (char !== '[') throw new Error('the file holds no JSON array');
          start = at + 1;
        }
      } else if (char === ']' || char === '}' || (char === ',' && this.#depth === 1)) {
        if (char !== ',') this.#depth -= 1;
        if (this.#depth > 1 || (this.#depth === 1 && char !== ',')) continue;
        const element = (this.#element + text.slice(start, at)).trim();
        this.#element = '';
        start = at + 1;
        if (this.#depth === 0) this.ended = true;
        if (element !== '') yield element;
        if (this.ended) return;
      }
    }
    if (this.#depth > 0) this.#element += text.slice(start);
  }

  #readInString(char: string | undefined): void {
    if (this.#escaped) this.#escaped = false;
    else if (char === '\\') this.#escaped = true;
    else if (char === '"') this.#inString = false;
  }
}
