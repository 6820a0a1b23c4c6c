/**
 * The connection to Redis: bounded in time, left alone while it does not answer, and tried again
 * by itself. Whoever asks has an answer or nothing, and never waits for a Redis that is away.
 */
import { MemoryError } from '../../domain/errors.ts';
import { answerInTime } from './answer-in-time.ts';
import { inspectRedis, refusalOf } from './inspect-redis.ts';
import { loadRedisClient } from './load-client.ts';
import type { RedisCommands } from './redis-script.ts';

export interface RedisLinkOptions {
  readonly url: string;
  /** Of all keys. */
  readonly prefix: string;
  /** How long one answer may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Once, when it stops to answer. The reason holds no secret. */
  readonly onAway?: (reason: string) => void;
  /** Once, when it answers again. */
  readonly onBack?: () => void;
}

export interface Redis extends RedisCommands {
  /** Values as they are; null for what is not there. */
  getBytes(keys: readonly string[]): Promise<(Buffer | null)[]>;
}

/** With the handshake of TLS and the check of what is there. */
const connectTimeoutMs = 2_000;
/** Some services end a connection on which nothing was said for ten minutes. */
const pingMs = 60_000;
/** Commands that wait for their answer: beyond it something is wrong with who asks. */
const commandsMax = 10_000;
/** The first try after it went away, and the longest wait between two. */
const retryMs = { first: 100, longest: 2_000 };
/** After so long a good time the next fault is taken for a new one. */
const goodMs = 30_000;

interface Connection extends Redis {
  readonly version: string;
  readonly runId: string;
  end(): void;
}

export class RedisLink {
  readonly #options: RedisLinkOptions;
  readonly #library: typeof import('@redis/client');
  #connection: Connection | undefined;
  #runId = '';
  #returns = 0;
  #tries = 0;
  #backAt = 0;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(library: typeof import('@redis/client'), options: RedisLinkOptions) {
    this.#library = library;
    this.#options = options;
  }

  /**
   * One that is down only is no reason not to start.
   *
   * @throws MemoryError `setting_invalid` for one that will never do, saying why.
   */
  static async open(options: RedisLinkOptions): Promise<RedisLink> {
    const link = new RedisLink(await loadRedisClient(), options);
    try {
      await link.#connect();
    } catch (error) {
      if (MemoryError.isInstance(error)) throw error;
      link.#away(error);
    }
    return link;
  }

  get answers(): boolean {
    return this.#connection !== undefined;
  }

  /** Of the start of Redis that was last seen: another one may have forgotten. */
  get runId(): string {
    return this.#runId;
  }

  /** How often it came back. */
  get returns(): number {
    return this.#returns;
  }

  /** Empty while it does not answer. */
  get version(): string {
    return this.#connection?.version ?? '';
  }

  /** Undefined while it does not answer; the first who is not answered in time ends that. */
  async run<Result>(ask: (redis: Redis) => Promise<Result>): Promise<Result | undefined> {
    const connection = this.#connection;
    if (!connection) return undefined;
    try {
      return await answerInTime(ask(connection), this.#options.timeoutMs);
    } catch (error) {
      if (this.#connection === connection) this.#away(error);
      return undefined;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#connection?.end();
    this.#connection = undefined;
  }

  /** What waits for an answer is told at once that none will come. */
  #away(error: unknown): void {
    if (this.#isClosed) return;
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.end();
    if (performance.now() - this.#backAt > goodMs) this.#tries = 0;
    this.#options.onAway?.(reasonOf(error));
    this.#retryLater();
  }

  #retryLater(): void {
    const waitMs = Math.min(retryMs.first * 2 ** this.#tries++, retryMs.longest);
    this.#retry = setTimeout(() => void this.#tryAgain(), waitMs).unref();
  }

  async #tryAgain(): Promise<void> {
    try {
      await this.#connect();
      this.#returns += 1;
      if (!this.#isClosed) this.#options.onBack?.();
    } catch {
      // It was told why when it went; what keeps it away may have changed, and `doctor` tells.
      if (!this.#isClosed) this.#retryLater();
    }
  }

  async #connect(): Promise<void> {
    const connection = await openConnection(this.#library, this.#options, (error) => {
      if (this.#connection === connection) this.#away(error);
    });
    if (this.#isClosed) return connection.end();
    this.#connection = connection;
    this.#runId = connection.runId;
    this.#backAt = performance.now();
  }
}

async function openConnection(
  { createClient, RESP_TYPES }: typeof import('@redis/client'),
  { url, prefix }: RedisLinkOptions,
  onFault: (error: unknown) => void,
): Promise<Connection> {
  const client = createClient({
    url,
    // Every Redis speaks it, and so do the proxies in front of some.
    RESP: 2,
    // What is sent while it is away is refused at once, and this class connects again by itself.
    disableOfflineQueue: true,
    commandsQueueMaxLength: commandsMax,
    pingInterval: pingMs,
    maintNotifications: 'disabled',
    disableClientInfo: true,
    socket: { connectTimeout: connectTimeoutMs, reconnectStrategy: false },
  });
  const end = (): void => {
    if (client.isOpen) client.destroy();
  };
  let isOpen = false;
  // What is no Redis leaves commands without an answer, and says why in an event alone.
  const fault = new Promise<never>((_, reject) => {
    client.on('error', (error) => (isOpen ? onFault(error) : reject(error)));
  });
  const sendCommand: Redis['sendCommand'] = (args) => client.sendCommand([...args]);
  try {
    const opening = client.connect().then(() => inspectRedis({ sendCommand }, prefix));
    const { version, runId } = await answerInTime(Promise.race([opening, fault]), connectTimeoutMs);
    isOpen = true;
    const asBytes = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };
    const getBytes: Redis['getBytes'] = async (keys) => {
      const found = await client.sendCommand(['MGET', ...keys], asBytes);
      if (!Array.isArray(found)) throw new Error('MGET gave no list.');
      return found.map((value) => (Buffer.isBuffer(value) ? value : null));
    };
    return { version, runId, sendCommand, getBytes, end };
  } catch (error) {
    end();
    throw refusalOf(error) ?? error;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason was given';
  // A host with several addresses fails with the faults of all of them, and no words of its own.
  const [first] = error instanceof AggregateError ? error.errors : [];
  return error.message || (first instanceof Error ? first.message : error.name);
}
