/**
 * The operations of one tenant in one month where all servers ask one counter before each: exactly
 * as many pass as the plan allows. What passed is counted in the store as ever.
 */
import type { Asked, SharedCounters } from '../ports/shared-counters.ts';
import type { MonthCount } from './month-count.ts';
import type { OperationKind } from './operations.ts';

export interface MonthTogetherParts {
  readonly shared: SharedCounters;
  readonly name: string;
  /** Of this process. */
  readonly server: string;
  readonly count: MonthCount;
}

/** Of one request. */
export interface Verdict {
  readonly isGranted: boolean;
  /** Of all servers. */
  readonly used: number;
}

interface Waiting {
  readonly asked: Asked;
  readonly limit: number;
  resolve(verdict: Verdict | undefined): void;
  reject(error: unknown): void;
}

const dayMs = 86_400_000;
/** Requests that one turn asks for; a Lua call takes some thousand arguments. */
const turnMax = 500;

export class MonthTogether {
  readonly #parts: MonthTogetherParts;
  #waiting: Waiting[] = [];
  /** Granted, and not taken out of the share yet. */
  #underWay = 0;
  #asking: Promise<void> | undefined;
  #hasLeft = false;
  /** Something was given back that the others do not know of. */
  #hasNews = false;
  #limit = 0;
  #returns: number;

  constructor(parts: MonthTogetherParts) {
    this.#parts = parts;
    this.#returns = parts.shared.returns;
  }

  get answers(): boolean {
    return this.#parts.shared.answers && !this.#hasLeft;
  }

  /**
   * Undefined where nobody answered: the share of this server decides then. What was granted is
   * to be {@link taken}. Requests that come in meanwhile ask together.
   */
  ask(asked: Asked, limit: number): Promise<Verdict | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ asked, limit, resolve, reject });
      this.#asking ??= this.#askAll();
    });
  }

  /** What was granted is in the share; or it is not, and given back. */
  async taken(kind: OperationKind, items: number, limit: number): Promise<void> {
    const { count } = this.#parts;
    try {
      while (!count.take(kind, items, false)) await count.extend({ items, limit, isForced: true });
      this.#underWay -= items;
    } catch (error) {
      this.#underWay -= items;
      this.tell();
      throw error;
    }
    count.renewEarly(limit);
  }

  /** Tells the others what was given back. */
  tell(): void {
    if (!this.answers) return;
    this.#hasNews = true;
    this.#asking ??= this.#askAll();
  }

  /** Nothing may be charged any more. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    // A turn after it would count everything once more.
    await this.#asking;
    const { shared, name, server, count } = this.#parts;
    await shared.leave({ name }, server, count.mine);
  }

  /** One turn at a time: each says what is this server's own, so none may be under way. */
  async #askAll(): Promise<void> {
    while (this.#waiting.length > 0 || this.#hasNews) {
      this.#hasNews = false;
      const turn = this.#waiting.splice(0, turnMax);
      this.#limit = turn.at(-1)?.limit ?? this.#limit;
      await this.#turn(turn);
    }
    this.#asking = undefined;
  }

  async #turn(waiting: readonly Waiting[]): Promise<void> {
    const { shared, name, server, count } = this.#parts;
    const sum = { name, endsAt: count.endsAt + dayMs, recover: () => count.known() };
    const asked = waiting.map((one) => one.asked);
    const mine = Math.max(0, count.mine + this.#underWay);
    const { returns } = shared;
    const isReturning = returns !== this.#returns;
    const { others } = count;
    const turn = { counter: server, mine, limit: this.#limit, others, isReturning, asked };
    try {
      const answer = await shared.grant(sum, turn);
      if (answer) this.#returns = returns;
      for (const [i, one] of waiting.entries()) {
        const isGranted = answer?.isGranted[i] === true;
        if (isGranted) this.#underWay += one.asked.items;
        one.resolve(answer && { isGranted, used: answer.total });
      }
    } catch (error) {
      for (const one of waiting) one.reject(error);
    }
  }
}
