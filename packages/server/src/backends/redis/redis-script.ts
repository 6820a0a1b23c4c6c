/** A script that Redis carries out as one step: sent whole only where it is not known yet. */
import { createHash } from 'node:crypto';

/** All that is used of a connection. */
export interface RedisCommands {
  sendCommand(args: readonly (string | Buffer)[]): Promise<unknown>;
}

export class RedisScript {
  readonly #text: string;
  readonly #sha1: string;

  constructor(text: string) {
    this.#text = text;
    this.#sha1 = createHash('sha1').update(text).digest('hex');
  }

  async run(
    redis: RedisCommands,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<unknown> {
    const given = [String(keys.length), ...keys, ...args];
    try {
      return await redis.sendCommand(['EVALSHA', this.#sha1, ...given]);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.sendCommand(['EVAL', this.#text, ...given]);
    }
  }
}
