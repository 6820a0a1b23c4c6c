/** One line on a terminal that says how far a long command is, and is gone at its end. */

export interface StatusLine {
  /** `line` is made only when it will be shown. */
  show(line: () => string): void;
  /** Takes the line away. */
  clear(): void;
}

const rewrite = '\r\u001b[K';

/** Shows nothing where nobody watches. */
export function createStatusLine(
  write: ((text: string) => void) | undefined,
  pauseMs = 200,
): StatusLine {
  let shownAt = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    show(line) {
      if (!write || performance.now() - shownAt < pauseMs) return;
      shownAt = performance.now();
      isShown = true;
      write(`${rewrite}${line()}`);
    },
    clear() {
      if (isShown) write?.(rewrite);
      isShown = false;
    },
  };
}

/** How many a second since the first call, which may tell of what was there already. */
export function createRate(clock = () => performance.now()): (count: number) => string {
  let first: { readonly count: number; readonly at: number } | undefined;
  return (count) => {
    first ??= { count, at: clock() };
    const seconds = (clock() - first.at) / 1000;
    const rate = seconds > 0 ? Math.round((count - first.count) / seconds) : 0;
    return `${rate.toLocaleString('en')}/s`;
  };
}
