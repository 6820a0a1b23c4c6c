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

/** Rows a second since it was made, from what was there already on. */
export function createRate(clock = () => performance.now()): (rows: number) => string {
  let first: { readonly rows: number; readonly at: number } | undefined;
  return (rows) => {
    first ??= { rows, at: clock() };
    const seconds = (clock() - first.at) / 1000;
    const rate = seconds > 0 ? Math.round((rows - first.rows) / seconds) : 0;
    return `${rate.toLocaleString('en')} rows/s`;
  };
}
