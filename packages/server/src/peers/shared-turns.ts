/** What only one server of a store does at a time, by a document that names whose turn it is. */
import { createHash } from 'node:crypto';
import { MemoryError } from '../domain/errors.ts';
import type { ControlPort } from '../ports/control.ts';
import { KeyedMutex } from '../util/mutex.ts';
import { peerSilentMs } from './life-signs.ts';

interface TurnsParts {
  readonly control: Pick<ControlPort, 'get' | 'putIfVersion'>;
  /** Of this server. */
  readonly id: string;
  readonly steadyNow: () => number;
  /** Everything that was acknowledged anywhere before is known here when it resolves. */
  readonly refresh: () => Promise<void>;
}

const prefix = 'turns/';
const free = 'free';
const askEveryMs = 20;
const waitMostMs = 20_000;

/** Few documents, so that none has to go with what it is about; some names wait for others. */
const keyOf = (name: string): string =>
  prefix + createHash('sha256').update(name).digest('hex').slice(0, 1);

export class SharedTurns {
  readonly #parts: TurnsParts;
  readonly #own = new KeyedMutex();

  constructor(parts: TurnsParts) {
    this.#parts = parts;
  }

  /**
   * Runs the task while no other server has a turn of that name, and this one knows what they did
   * in theirs. Whoever takes too long loses its turn: then what it made is undone, and this throws
   * store_unavailable.
   */
  run<Made>(
    name: string,
    task: () => Promise<Made>,
    undo: (made: Made) => Promise<void>,
  ): Promise<Made> {
    const key = keyOf(name);
    return this.#own.run(key, async () => {
      const version = await this.#take(key);
      let made: Made;
      try {
        await this.#parts.refresh();
        made = await task();
      } catch (error) {
        // What cannot be given back now is free for others before long.
        await this.#give(key, version).catch(() => false);
        throw error;
      }
      if (await this.#give(key, version)) return made;
      await undo(made);
      throw new MemoryError(
        'store_unavailable',
        'It took so long that another server went on; it was undone. Try again.',
      );
    });
  }

  /** The version of the document while it is this server's turn. */
  async #take(key: string): Promise<number> {
    const { control, id, steadyNow } = this.#parts;
    const startedAt = steadyNow();
    let seen = { version: 0, at: startedAt };
    for (;;) {
      const found = await control.get(key);
      const version = found?.version ?? 0;
      if (version !== seen.version) seen = { version, at: steadyNow() };
      const isLeft = steadyNow() - seen.at > peerSilentMs;
      if (!found || found.value === free || found.value === id || isLeft) {
        const taken = await control.putIfVersion(key, id, version);
        if (taken !== undefined) return taken;
      }
      if (steadyNow() - startedAt > waitMostMs) {
        throw new MemoryError(
          'store_unavailable',
          'Other servers are changing the same all the time. Try again.',
        );
      }
      await new Promise((resolve) => setTimeout(resolve, askEveryMs * (0.5 + Math.random())));
    }
  }

  /** False where another server has taken it meanwhile. */
  async #give(key: string, version: number): Promise<boolean> {
    return (await this.#parts.control.putIfVersion(key, free, version)) !== undefined;
  }
}
