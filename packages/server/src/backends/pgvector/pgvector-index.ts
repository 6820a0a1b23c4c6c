/** Vectors of large namespaces in PostgreSQL with the extension pgvector. */
import type { PoolClient, QueryResultRow } from 'pg';
import { MemoryError } from '../../domain/errors.ts';
import type { RecordsStatus } from '../../ports/records.ts';
import type {
  MemoryVectors,
  NearPassage,
  VectorIndexPort,
  VectorPlace,
} from '../../ports/vector-index.ts';
import { within } from '../../util/within.ts';
import { Database, type Value } from '../postgres/database.ts';
import { inspectServer } from '../postgres/inspect-server.ts';
import { loadPg } from '../postgres/load-pg.ts';
import { migrate } from '../postgres/migrations/migrate.ts';
import type { ErrorNames } from '../postgres/postgres-errors.ts';
import { extensionSchema } from './extension.ts';
import { refill, schemaName, vectorsPlan } from './schema.ts';

export interface PgvectorOptions {
  readonly url: string;
  /** Connections at most. */
  readonly poolMax: number;
  /** A statement that takes longer is ended, in milliseconds; building an index is not. */
  readonly timeoutMs: number;
  /** The store whose memories these are: a database keeps the vectors of one. */
  readonly store: string;
  /** The setting that the address comes from, for messages. */
  readonly setting?: string;
  /** Passages from which a place gets an index; below it is scanned exactly. */
  readonly indexFrom?: number;
}

/** Up to here an exact scan takes about as long as the way to the server and back. */
const indexFromDefault = 10_000;
/** The index looks at so many neighbours for each that is wanted, within the bounds of pgvector. */
const reachFactor = 4;
const reachMin = 200;
const reachMax = 1_000;
/** Of the index for half floats, as pgvector documents it. */
const dimensionMax = 4_000;
/** More digits than a half float keeps. */
const steps = 100_000;

/**
 * Opens a database, and makes or migrates the schema. Throws setting_invalid (with what to do: no
 * extension, the database of another store, a missing right), store_damaged (a schema that was
 * changed, or of a newer release) and store_unavailable.
 */
export async function openPgvectorIndex(options: PgvectorOptions): Promise<VectorIndexPort> {
  const { setting = 'REVERIE_PGVECTOR_URL', indexFrom = indexFromDefault } = options;
  const pg = await loadPg(undefined, 'REVERIE_VECTORS');
  const database = new Database(pg, { ...options, names: namesFor(setting) });
  try {
    const identity = await database.alone(async (client) => {
      await inspectServer(client, setting);
      const extension = await extensionSchema(client, setting);
      await migrate(client, vectorsPlan(extension));
      await checkPlaces(client);
      return own(client, options.store, setting);
    });
    return new PgvectorIndex(database, { ...options, setting, indexFrom, identity });
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** What errors call the settings. */
export const namesFor = (setting: string): ErrorNames => ({
  url: setting,
  pool: 'REVERIE_POSTGRES_POOL',
  timeout: 'REVERIE_POSTGRES_TIMEOUT_MS',
  schema: schemaName,
});

/** Numbers of namespaces mean something in one store only. */
async function own(client: PoolClient, store: string, setting: string): Promise<string> {
  await client.query(
    `INSERT INTO ${schemaName}.store (only_row, id) VALUES (true, $1) ON CONFLICT DO NOTHING`,
    [store],
  );
  const { rows } = await client.query<{ id: string; made_as: string }>(
    `SELECT id, made_as FROM ${schemaName}.store`,
  );
  const [found] = rows;
  if (found?.id === store) return found.made_as;
  throw ofAnother(setting);
}

function ofAnother(setting: string): MemoryError {
  const message =
    `${setting}: the database has the vectors of another store. Name another database; or, where ` +
    `that store is gone: ${refill}`;
  return new MemoryError('setting_invalid', message, { details: { setting } });
}

/** A table that somebody dropped is better missed now than by the next search. */
async function checkPlaces(client: PoolClient): Promise<void> {
  await client.query('BEGIN');
  await client.query("SET LOCAL reverie_vectors.tenant = '*'");
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM (
    SELECT format('${schemaName}.place_%s_%s', namespace_no, generation) AS name
    FROM ${schemaName}.places) AS p WHERE to_regclass(name) IS NULL LIMIT 3`);
  await client.query('COMMIT');
  if (rows.length === 0) return;
  const missing = rows.map(({ name }) => name).join(', ');
  const message = `The schema "${schemaName}" was changed: it has no ${missing}. ${refill}`;
  throw new MemoryError('store_damaged', message);
}

interface Opened {
  readonly store: string;
  readonly setting: string;
  readonly indexFrom: number;
  readonly identity: string;
}

class PgvectorIndex implements VectorIndexPort {
  readonly name = 'pgvector';
  readonly #database: Database;
  readonly #store: string;
  #identity: string;
  #lookedAt = performance.now();
  readonly #setting: string;
  readonly #indexFrom: number;
  /** Places whose index stands, by their names. */
  readonly #settled = new Set<string>();

  constructor(database: Database, { store, setting, indexFrom, identity }: Opened) {
    this.#database = database;
    this.#store = store;
    this.#identity = identity;
    this.#setting = setting;
    this.#indexFrom = indexFrom;
  }

  /** As it was read last: whoever asks does not wait for a database that is slow. */
  async identity(): Promise<string> {
    if (performance.now() - this.#lookedAt > believedMs) {
      // A database that is away, or has lost the schema, is told of by the calls that need it.
      this.#owner().catch(() => {});
    }
    return this.#identity;
  }

  async turn(): Promise<string | undefined> {
    return (await this.#owner()).turn ?? undefined;
  }

  async setTurn(turn: string): Promise<void> {
    await this.#write(`UPDATE ${schemaName}.store SET turn = $1 WHERE id = $2`, [
      turn,
      this.#store,
    ]);
  }

  async prepare(generation: number, dimension: number): Promise<void> {
    if (dimension > dimensionMax) {
      throw this.#refused(
        `pgvector searches vectors of up to ${dimensionMax} dimensions, not ${dimension}. ` +
          'Choose another REVERIE_EMBEDDER_DIMENSION or REVERIE_VECTORS=builtin',
      );
    }
    await this.#write(
      `INSERT INTO ${schemaName}.generations VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [generation, dimension],
    );
    const [row] = await this.#read<{ dimension: number }>(
      `SELECT dimension FROM ${schemaName}.generations WHERE generation = $1`,
      [generation],
    );
    if (row?.dimension === dimension) return;
    throw this.#refused(
      `generation ${generation} has vectors of ${row?.dimension} dimensions there, not ` +
        `${dimension}: it was filled by another embedder. ${refill}`,
    );
  }

  async put(place: VectorPlace, memories: readonly MemoryVectors[]): Promise<void> {
    if (memories.length === 0) return;
    const ordinals = memories.map(({ ordinal }) => ordinal);
    const rows = memories.flatMap(({ ordinal, passages }) =>
      passages.flatMap((vector, passage) =>
        vector === null ? [] : [{ ordinal, passage, text: textOf(vector) }],
      ),
    );
    await this.#write(`SELECT ${schemaName}.put_vectors($1, $2, $3, $4, $5, $6, $7)`, [
      ...valuesOf(place),
      ordinals,
      rows.map(({ ordinal }) => ordinal),
      rows.map(({ passage }) => passage),
      rows.map(({ text }) => text),
    ]);
  }

  async remove(place: VectorPlace, ordinals: readonly number[]): Promise<void> {
    if (ordinals.length === 0) return;
    const sql = `SELECT ${schemaName}.remove_vectors($1, $2, $3, $4)`;
    await this.#write(sql, [...valuesOf(place), ordinals]);
  }

  async settle(place: VectorPlace): Promise<void> {
    const name = nameOf(place);
    if (this.#settled.has(name)) return;
    const sql = `SELECT ${schemaName}.settle_place($1, $2, $3, $4) AS settled`;
    const isSettled = await this.#database.alone(async (client) => {
      await client.query("SELECT set_config('statement_timeout', '0', false)");
      const values = [...valuesOf(place), this.#indexFrom];
      const query = { text: sql, values, query_timeout: buildTimeoutMs };
      const { rows } = await client.query<{ settled: boolean }>(query);
      await client.query('RESET statement_timeout');
      return rows[0]?.settled;
    });
    if (isSettled) this.#settled.add(name);
  }

  async search(place: VectorPlace, vector: Float32Array, limit: number): Promise<NearPassage[]> {
    const reach = Math.min(reachMax, Math.max(reachMin, limit * reachFactor));
    const sql = `SELECT * FROM ${schemaName}.near_vectors($1, $2, $3, $4, $5, $6)`;
    type Found = NearPassage & QueryResultRow;
    const values = [...valuesOf(place), textOf(vector), limit, reach];
    const rows = await this.#read<Found>(sql, values);
    // The index gives them in about the right order only.
    return rows.sort((a, b) => b.cosine - a.cosine);
  }

  async drop(place: VectorPlace): Promise<void> {
    this.#settled.delete(nameOf(place));
    await this.#write(`SELECT ${schemaName}.drop_place($1, $2, $3)`, valuesOf(place));
  }

  async count(place: VectorPlace): Promise<number> {
    const sql = `SELECT ${schemaName}.count_vectors($1, $2, $3) AS count`;
    const [row] = await this.#read<{ count: number }>(sql, valuesOf(place));
    return row?.count ?? 0;
  }

  async status(): Promise<RecordsStatus> {
    try {
      await this.#read('SELECT 1', []);
      return { writable: true };
    } catch (error) {
      if (!MemoryError.isInstance(error)) throw error;
      return { writable: false, reason: error.message };
    }
  }

  async close(): Promise<void> {
    // A server that stands still does not say goodbye.
    await within(goodbyeMs, () => this.#database.close()).catch(() => {});
  }

  /** Another process may have made the schema anew, for this store or for another one. */
  async #owner(): Promise<{ readonly turn: string | null }> {
    this.#lookedAt = performance.now();
    const sql = `SELECT id, made_as, turn FROM ${schemaName}.store`;
    const [row] = await this.#read<{ id: string; made_as: string; turn: string | null }>(sql, []);
    if (row?.id !== this.#store) throw ofAnother(this.#setting);
    if (row.made_as !== this.#identity) this.#settled.clear();
    this.#identity = row.made_as;
    return row;
  }

  #read<Row extends QueryResultRow>(sql: string, values: readonly Value[]): Promise<Row[]> {
    return this.#database.read<Row>(undefined, sql, values);
  }

  #write(sql: string, values: readonly Value[]): Promise<QueryResultRow[]> {
    return this.#database.write(undefined, sql, values);
  }

  #refused(reason: string): MemoryError {
    const details = { setting: this.#setting };
    return new MemoryError('setting_invalid', `${this.#setting}: ${reason}.`, { details });
  }
}

const goodbyeMs = 3_000;
/** For so long nobody looks whether the schema is still the same one. */
const believedMs = 1_000;
/** Of a large index; a client that waits longer has lost its server. */
const buildTimeoutMs = 6 * 3_600_000;

const nameOf = ({ namespaceNo, generation }: VectorPlace): string => `${namespaceNo}/${generation}`;

const valuesOf = ({ tenant, namespaceNo, generation }: VectorPlace): Value[] => [
  tenant,
  namespaceNo,
  generation,
];

/** As pgvector reads it. */
function textOf(vector: Float32Array): string {
  const numbers = Array.from(vector, (value) => Math.round(value * steps) / steps);
  return `[${numbers.join(',')}]`;
}
