/** What a dream may spend on a language model, and what it has spent. */
import { MemoryError } from '../../domain/errors.ts';
import type { TokenPrices, Usage } from '../../ports/generator.ts';

/** Each bound that is absent does not bind. */
export interface Budget {
  /** Read and written together. */
  readonly tokens?: number | undefined;
  /** From when the spending was opened. */
  readonly seconds?: number | undefined;
  /** US dollars. */
  readonly dollars?: number | undefined;
}

/** What a dream tells of it. */
export interface SpendingReport {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars; null where nobody said what tokens cost. */
  readonly dollars: number | null;
  /** Questions that were put to the model; those that it did not answer too. */
  readonly calls: number;
  /** Questions that were put once more after a bad answer. */
  readonly retried: number;
  /** Questions that were given up after a bad answer or a refusal. */
  readonly dropped: number;
  /** True when some tokens were counted here and not by the service. */
  readonly isEstimated: boolean;
}

/** Set aside for one call, so that calls at the same time cannot spend the same tokens. */
export interface Reservation {
  /** Gives back what was set aside, and counts what it took; nothing where that is not known. */
  settle(usage?: Usage): void;
}

export interface SpendingOptions {
  readonly budget: Budget;
  /** Of the generator. */
  readonly prices?: TokenPrices | undefined;
  /** Milliseconds. */
  readonly now: () => number;
}

/** One for each dream; the calls of a dream share it. */
export class Spending {
  readonly #budget: Budget;
  readonly #prices: TokenPrices | undefined;
  readonly #now: () => number;
  readonly #start: number;
  #reserved: TokenCounts = { inputTokens: 0, outputTokens: 0 };
  #spent: TokenCounts = { inputTokens: 0, outputTokens: 0 };
  #calls = 0;
  #retried = 0;
  #dropped = 0;
  #isEstimated = false;

  /** @throws MemoryError `invalid_request` for a budget in dollars where nobody said the prices. */
  constructor({ budget, prices, now }: SpendingOptions) {
    if (budget.dollars !== undefined && prices === undefined) {
      const message = 'A budget in dollars needs prices: set REVERIE_LLM_PRICE.';
      throw new MemoryError('invalid_request', message, { details: { field: 'budget.dollars' } });
    }
    this.#budget = budget;
    this.#prices = prices;
    this.#now = now;
    this.#start = now();
  }

  /** Undefined when this much does not fit into what is left. Counts a call otherwise. */
  reserve(wanted: TokenCounts): Reservation | undefined {
    const { tokens, dollars } = this.#budget;
    const would = sum(sum(this.#spent, this.#reserved), wanted);
    if (this.msLeft() <= 0) return undefined;
    if (tokens !== undefined && would.inputTokens + would.outputTokens > tokens) return undefined;
    if (dollars !== undefined && (this.#dollarsOf(would) ?? 0) > dollars) return undefined;
    this.#reserved = sum(this.#reserved, wanted);
    this.#calls += 1;
    let isOpen = true;
    return {
      settle: (usage) => {
        if (!isOpen) return;
        isOpen = false;
        this.#reserved = sum(this.#reserved, wanted, -1);
        if (usage === undefined) return;
        this.#spent = sum(this.#spent, usage);
        this.#isEstimated ||= usage.isEstimated;
      },
    };
  }

  /** Infinity where time is no bound. */
  msLeft(): number {
    const { seconds } = this.#budget;
    if (seconds === undefined) return Number.POSITIVE_INFINITY;
    return seconds * 1_000 - (this.#now() - this.#start);
  }

  /** A bad answer is asked for again. */
  retry(): void {
    this.#retried += 1;
  }

  /** A question is given up. */
  drop(): void {
    this.#dropped += 1;
  }

  report(): SpendingReport {
    return {
      ...this.#spent,
      dollars: this.#dollarsOf(this.#spent),
      calls: this.#calls,
      retried: this.#retried,
      dropped: this.#dropped,
      isEstimated: this.#isEstimated,
    };
  }

  #dollarsOf({ inputTokens, outputTokens }: TokenCounts): number | null {
    if (this.#prices === undefined) return null;
    const { input, output } = this.#prices;
    return (inputTokens * input + outputTokens * output) / 1_000_000;
  }
}

export interface TokenCounts {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

function sum(left: TokenCounts, right: TokenCounts, sign: 1 | -1 = 1): TokenCounts {
  return {
    inputTokens: left.inputTokens + sign * right.inputTokens,
    outputTokens: left.outputTokens + sign * right.outputTokens,
  };
}
