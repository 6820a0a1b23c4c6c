/** Shares the thread between those who have work for it: turn by turn, who had least is next. */

export interface FairTurns {
  /**
   * Undefined: go on now. Otherwise resolves when it is the caller's turn. `who` has the work done:
   * a tenant, or `serverItself`.
   */
  enter(who: string): Promise<void> | undefined;
  /** For work that has held the thread for long: in its turn, after the event loop went round. */
  again(who: string): Promise<void>;
}

/** Work that nobody asked for, such as vectors that are made later. */
export const serverItself = '';

/** What one of them waits for, and has had. */
interface Line {
  readonly waiting: (() => void)[];
  /** Milliseconds of the thread, as if everybody had begun together. */
  hadMs: number;
}

/**
 * Each turn ends when the event loop goes round. Next is, of those who wait, who had least of the
 * thread since there last was nothing to wait for; who comes anew counts as having had as much as
 * the one whose turn it is. So a single request waits for one turn of another, however many of them
 * wait. `budgetMs` is how long requests may start one after another in one turn while nobody waits.
 */
export function createFairTurns(budgetMs = 1, clock = () => performance.now()): FairTurns {
  const lines = new Map<string, Line>();
  let waiting = 0;
  /** What the one whose turn it is had when it began. */
  let levelMs = 0;
  let turn: { readonly line: Line; startedAt: number } | undefined;
  let turnStarted = 0;
  let isScheduled = false;

  const lineOf = (who: string): Line => {
    const line = lines.get(who) ?? { waiting: [], hadMs: 0 };
    if (line.waiting.length === 0) line.hadMs = Math.max(line.hadMs, levelMs);
    lines.set(who, line);
    return line;
  };
  const begin = (line: Line): void => {
    const now = clock();
    if (turn) turn.line.hadMs += now - turn.startedAt;
    levelMs = Math.max(levelMs, line.hadMs);
    turn = { line, startedAt: now };
  };
  const end = (): void => {
    if (turn) turn.line.hadMs += clock() - turn.startedAt;
    turn = undefined;
    for (const [who, { waiting: some, hadMs }] of lines) {
      if (waiting === 0 || (some.length === 0 && hadMs <= levelMs)) lines.delete(who);
    }
    if (waiting === 0) levelMs = 0;
  };
  const next = (): void => {
    isScheduled = false;
    end();
    turnStarted = clock();
    const line = leastOf(lines.values());
    if (line === undefined) return;
    begin(line);
    waiting -= 1;
    line.waiting.shift()?.();
    schedule();
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(next);
  };
  const wait = (line: Line): Promise<void> => {
    waiting += 1;
    schedule();
    return new Promise((resolve) => line.waiting.push(resolve));
  };
  return {
    enter(who) {
      const now = clock();
      // Nothing is scheduled: the last turn is over, and this request opens a new one.
      if (!isScheduled) turnStarted = now;
      const line = lineOf(who);
      if (waiting > 0 || now - turnStarted >= budgetMs) return wait(line);
      begin(line);
      schedule();
      return undefined;
    },
    again: (who) => wait(lineOf(who)),
  };
}

/** Of those that wait; the first of equals. */
function leastOf(lines: Iterable<Line>): Line | undefined {
  let least: Line | undefined;
  for (const line of lines) {
    if (line.waiting.length === 0) continue;
    if (least === undefined || line.hadMs < least.hadMs) least = line;
  }
  return least;
}

/** One for all work: it is the thread that is shared. */
export const fairTurns = createFairTurns();
