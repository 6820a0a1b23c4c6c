/** Cuts a stream of bytes into lines, without ever holding more than one line. */

/** `bytes` without its line break; undefined for a line that was too long to be held. */
export interface Line {
  /** From 1. */
  readonly no: number;
  readonly bytes: Uint8Array | undefined;
}

/** Empty lines are counted and left out; the last line needs no line break. */
export async function* splitLines(
  source: AsyncIterable<Uint8Array>,
  lineBytesMax: number,
): AsyncGenerator<Line, void, undefined> {
  let no = 1;
  let parts: Uint8Array[] = [];
  let size = 0;
  const take = (part: Uint8Array): void => {
    size += part.length;
    if (size <= lineBytesMax) parts.push(part);
    // Nobody will read the beginning of it.
    else parts = [];
  };
  const end = (): Line => {
    const bytes = size > lineBytesMax ? undefined : new Uint8Array(Buffer.concat(parts));
    parts = [];
    size = 0;
    return { no: no++, bytes };
  };
  for await (const chunk of source) {
    let start = 0;
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, start)) {
      if (at > start) take(chunk.subarray(start, at));
      start = at + 1;
      if (size > 0) yield end();
      else no += 1;
    }
    // A copy: the sender may use its buffer again.
    if (start < chunk.length) take(chunk.slice(start));
  }
  if (size > 0) yield end();
}
