/** Ascending whole numbers as short text: `1-500,502`. */

export function encodeRanges(ascending: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of ascending) {
    const open = ranges.at(-1);
    if (open && number === open[1] + 1) open[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join();
}

/** Throws an Error for what {@link encodeRanges} has not made. */
export function decodeRanges(text: string): number[] {
  if (text === '') return [];
  return text.split(',').flatMap((range) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range);
    if (!match) throw new Error(`${range} is no range of numbers.`);
    const first = Number(match[1]);
    const last = Number(match[2] ?? first);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
