/** Tells how far a long command is, not more often than somebody can read. */

export interface Progress {
  /** `line` is made only when it will be told. */
  tell(line: () => string): void;
}

export function createProgress(write: (text: string) => void, pauseMs = 1_000): Progress {
  let toldAt = performance.now();
  return {
    tell(line) {
      if (performance.now() - toldAt < pauseMs) return;
      toldAt = performance.now();
      write(line());
    },
  };
}
