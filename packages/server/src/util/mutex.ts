/** Tasks that must not overlap, in order of arrival. */

/** One task at a time. */
export interface Mutex {
  run<T>(task: () => Promise<T>): Promise<T>;
}

export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(task) {
      const result = last.then(task);
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/** One at a time per name. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs the task after every earlier task of the same name has settled. */
  async run<T>(name: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name);
    let release = () => {};
    const tail = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#tails.set(name, tail);
    if (before) await before;
    try {
      return await task();
    } finally {
      release();
      if (this.#tails.get(name) === tail) this.#tails.delete(name);
    }
  }

  /** Names with a task waiting or running. */
  get size(): number {
    return this.#tails.size;
  }
}
