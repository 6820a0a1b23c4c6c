/** Groups texts into calls that a service takes. */

export interface CallLimits {
  /** Texts in one call. */
  readonly textsMax: number;
  /** Bytes of UTF-8 in one call. One text alone may have more. */
  readonly bytesMax: number;
}

/** Numbers of texts, in order, none twice. */
export function planBatches(texts: readonly string[], limits: CallLimits): number[][] {
  const batches: number[][] = [];
  let bytes = 0;
  for (const [at, text] of texts.entries()) {
    const size = Buffer.byteLength(text);
    const last = batches.at(-1);
    if (last && last.length < limits.textsMax && bytes + size <= limits.bytesMax) {
      last.push(at);
      bytes += size;
    } else {
      batches.push([at]);
      bytes = size;
    }
  }
  return batches;
}
