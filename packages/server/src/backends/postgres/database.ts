/** Statements in transactions that say whose they are, over a bounded pool of connections. */
import type { Pool, PoolClient, PoolConfig, QueryResult, QueryResultRow } from 'pg';
import { MemoryError } from '../../domain/errors.ts';
import {
  type ErrorNames,
  isLostConnection,
  isTimeout,
  isToRepeat,
  recordsNames,
  toMemoryError,
} from './postgres-errors.ts';

/** The number of a tenant, or the server itself, which works for all of them. */
export type Whose = number | '*';

export type Value = string | number | boolean | Uint8Array | null | readonly unknown[];

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most. */
  readonly poolMax: number;
  /** A statement that takes longer is ended, in milliseconds. */
  readonly timeoutMs: number;
  /** Under which PostgreSQL lists the connections; `reverie`, that of a server, when absent. */
  readonly application?: string;
  /** What errors call the settings; those of the records when absent. */
  readonly names?: ErrorNames;
}

/** How long it may take to connect, or to get a connection of the pool. */
const connectTimeoutMs = 5_000;
/** Beyond the server's own limit: a server that stands still ends nothing itself. */
const graceMs = 2_000;
/** Tries of what the server took back because others were in its way. */
const triesMax = 5;

/** How the text of a type is read, by the type's number in the catalog pg_type. */
const byOid: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't',
  17: bytesOf,
  // Below 2^53: sequence numbers, ordinals, milliseconds and counts of bytes.
  20: Number,
  21: Number,
  23: Number,
  701: Number,
  3802: (text) => JSON.parse(text),
};
const types = {
  getTypeParser: (oid: number) => byOid[oid] ?? ((text: string) => text),
};

export class Database {
  readonly #pool: Pool;
  readonly #timeoutMs: number;
  readonly #errorNames: ErrorNames;
  /** Names of prepared statements. */
  readonly #names = new Map<string, string>();
  #commitsAreLazy = false;

  constructor(pg: typeof import('pg').default, options: DatabaseOptions) {
    const { url, poolMax, timeoutMs, application = 'reverie' } = options;
    this.#timeoutMs = timeoutMs;
    this.#errorNames = options.names ?? recordsNames;
    const config: PoolConfig & { pipeline: true } = {
      connectionString: url,
      max: poolMax,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      query_timeout: timeoutMs + graceMs,
      application_name: application,
      // A transaction goes out in one piece, and so takes one round trip.
      pipeline: true,
    };
    this.#pool = new pg.Pool(config);
    // A connection that breaks is replaced by the pool. Who uses it is told by its own promise, so
    // the events are only kept from ending the process.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  /** One statement that changes nothing, so it is asked again where a connection breaks. */
  async read<Row extends QueryResultRow>(
    whose: Whose | undefined,
    sql: string,
    values: readonly Value[],
  ): Promise<Row[]> {
    return this.#coded(async () => {
      const ask = () => this.#transact<Row>('BEGIN READ ONLY', whose, sql, values);
      try {
        return await ask();
      } catch (error) {
        if (!isLostConnection(error) || isTimeout(error)) throw error;
        return await ask();
      }
    });
  }

  /**
   * One statement that writes. Repeated only where the server itself took it back; where the
   * connection breaks nobody knows whether it was done.
   */
  async write<Row extends QueryResultRow>(
    whose: Whose | undefined,
    sql: string,
    values: readonly Value[],
  ): Promise<Row[]> {
    const begin = this.#commitsAreLazy ? 'BEGIN; SET LOCAL synchronous_commit = on' : 'BEGIN';
    return this.#coded(async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await this.#transact<Row>(begin, whose, sql, values);
        } catch (error) {
          if (!isToRepeat(error) || tries === triesMax) throw error;
        }
      }
    });
  }

  /** A connection for one thing after the other: opening the store. */
  async alone<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    return this.#coded(async () => {
      const client = await this.#pool.connect();
      let fault: unknown = true;
      try {
        const result = await work(client);
        fault = undefined;
        return result;
      } finally {
        client.release(fault !== undefined);
      }
    });
  }

  /** Commits wait for the disk from now on, whatever the server or the role is set to. */
  insistOnDurability(): void {
    this.#commitsAreLazy = true;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #transact<Row extends QueryResultRow>(
    begin: string,
    whose: Whose | undefined,
    sql: string,
    values: readonly Value[],
  ): Promise<Row[]> {
    const client = await this.#pool.connect();
    // Numbers and '*' only: nothing in it comes from a request.
    const wall = whose === undefined ? '' : `; SET LOCAL reverie.tenant = '${whose}'`;
    const start = `${begin}; SET LOCAL statement_timeout = ${this.#timeoutMs}${wall}`;
    const query = { name: this.#nameOf(sql), text: sql, values: values.map(sendable), types };
    const { stream } = client.connection;
    // One packet and one call of the system in place of one for each message.
    stream.cork();
    // All three leave at once; after a fault the server takes COMMIT for ROLLBACK.
    const sent = [client.query(start), client.query<Row>(query), client.query('COMMIT')] as const;
    stream.uncork();
    const [began, asked, ended] = await Promise.allSettled(sent);
    const fault = firstFault(began, asked, ended);
    client.release(fault !== undefined && isLostConnection(fault));
    if (fault !== undefined) throw fault;
    return rowsOf(asked);
  }

  #nameOf(sql: string): string {
    const known = this.#names.get(sql) ?? `reverie_${this.#names.size + 1}`;
    this.#names.set(sql, known);
    return known;
  }

  async #coded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw toMemoryError(error, this.#errorNames);
    }
  }
}

function firstFault(...settled: readonly PromiseSettledResult<unknown>[]): unknown {
  const failed = settled.find((one) => one.status === 'rejected');
  return failed?.reason;
}

function rowsOf<Row extends QueryResultRow>(
  settled: PromiseSettledResult<QueryResult<Row>>,
): Row[] {
  if (settled.status === 'fulfilled') return settled.value.rows;
  throw new MemoryError('internal', undefined, { cause: settled.reason });
}

function sendable(value: Value): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** A buffer of its own: small ones would keep the pool that they lie in. */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length - 2) / 2);
  Buffer.from(bytes.buffer).write(text.slice(2), 'hex');
  return bytes;
}
