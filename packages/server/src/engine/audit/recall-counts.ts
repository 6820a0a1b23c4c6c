/**
 * How often each memory was shown. Counts are collected in memory and written from time to time:
 * a crash loses the last ones, and a flood of recalls may go uncounted. No ranking reads them.
 */
import type { Memory, NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { RecordsPort } from '../../ports/records.ts';
import { createMutex } from '../../util/mutex.ts';

export interface RecallCountsParts {
  readonly control: ControlPort;
  readonly records: RecordsPort;
  readonly clock: Clock;
  /** Told when counts could not be written. */
  readonly onFault: (error: unknown) => void;
}

const flushEveryMs = 30_000;
/** Memories whose new counts may wait; more are not counted. */
const waitingMax = 20_000;
/** Rows whose counts stand in one document: 2 KB of counts up to 65,535. */
const chunkRows = 1024;
const countMax = 65_535;
/** Documents written at once: together they cost one commit. */
const chunksAtOnce = 64;
const attemptsMax = 3;
const sinceKey = 'recalls/since';

interface Waiting {
  readonly tenant: TenantId;
  readonly namespace: NamespaceName;
  readonly counts: Map<number, number>;
}

interface Chunk {
  readonly key: string;
  readonly counts: [place: number, count: number][];
}

export class RecallCounts {
  /** When counting began: what was recalled before is not known. */
  readonly sinceMs: number;
  readonly #parts: RecallCountsParts;
  readonly #timer: NodeJS.Timeout;
  readonly #writing = createMutex();
  #waiting = new Map<string, Waiting>();
  #size = 0;

  private constructor(parts: RecallCountsParts, sinceMs: number) {
    this.#parts = parts;
    this.sinceMs = sinceMs;
    this.#timer = setInterval(() => void this.flush(), flushEveryMs).unref();
  }

  static async open(parts: RecallCountsParts): Promise<RecallCounts> {
    const { control, clock } = parts;
    const now = clock.now();
    const stored = await control.get(sinceKey);
    if (!stored) await control.putIfVersion(sinceKey, String(now), 0);
    return new RecallCounts(parts, stored ? Number(stored.value) : now);
  }

  /** Counts each memory once more. Costs no I/O. */
  add(tenant: TenantId, memories: readonly Pick<Memory, 'namespace' | 'ordinal'>[]): void {
    for (const { namespace, ordinal } of memories) {
      if (this.#size >= waitingMax) return;
      const name = `${tenant}\n${namespace}`;
      const waiting = this.#waiting.get(name) ?? { tenant, namespace, counts: new Map() };
      this.#waiting.set(name, waiting);
      if (!waiting.counts.has(ordinal)) this.#size += 1;
      waiting.counts.set(ordinal, (waiting.counts.get(ordinal) ?? 0) + 1);
    }
  }

  /** How often a row was shown, what waits included. */
  async read(
    tenant: TenantId,
    namespace: NamespaceName,
    namespaceNo: number,
  ): Promise<(ordinal: number) => number> {
    await this.flush();
    const prefix = chunkPrefix(tenant, namespaceNo);
    const documents = await this.#parts.control.list(prefix);
    const chunks = new Map(
      documents.map(({ key, value }) => [Number(key.slice(prefix.length)), decode(value)]),
    );
    const waiting = this.#waiting.get(`${tenant}\n${namespace}`)?.counts;
    return (ordinal) =>
      (chunks.get(Math.floor(ordinal / chunkRows))?.[ordinal % chunkRows] ?? 0) +
      (waiting?.get(ordinal) ?? 0);
  }

  /** Writes what waits. Never rejects: what cannot be written is told and lost. */
  flush(): Promise<void> {
    return this.#writing.run(async () => {
      const taken = [...this.#waiting.values()];
      this.#waiting = new Map();
      this.#size = 0;
      try {
        const chunks = (await Promise.all(taken.map((one) => this.#chunksOf(one)))).flat();
        for (let at = 0; at < chunks.length; at += chunksAtOnce) {
          await Promise.all(chunks.slice(at, at + chunksAtOnce).map((one) => this.#write(one)));
        }
      } catch (error) {
        this.#parts.onFault(error);
      }
    });
  }

  /** Takes the counts of a namespace away, and those that wait where its name is known. */
  async forgetNamespace(
    tenant: TenantId,
    namespace: NamespaceName | undefined,
    namespaceNo: number,
  ): Promise<void> {
    const name = `${tenant}\n${namespace}`;
    this.#size -= this.#waiting.get(name)?.counts.size ?? 0;
    this.#waiting.delete(name);
    await this.#writing.run(async () => {
      const { control } = this.#parts;
      const documents = await control.list(chunkPrefix(tenant, namespaceNo));
      for (const { key } of documents) await control.delete(key);
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  /** Names become numbers here: a document must not hold what a user has called a namespace. */
  async #chunksOf({ tenant, namespace, counts }: Waiting): Promise<Chunk[]> {
    const info = await this.#parts.records.open(tenant).namespace(namespace);
    if (!info) return [];
    const chunks = new Map<number, Chunk>();
    for (const [ordinal, count] of counts) {
      const no = Math.floor(ordinal / chunkRows);
      const key = `${chunkPrefix(tenant, info.no)}${no}`;
      const chunk = chunks.get(no) ?? { key, counts: [] };
      chunks.set(no, chunk);
      chunk.counts.push([ordinal % chunkRows, count]);
    }
    return [...chunks.values()];
  }

  /** Another process may be faster, and then its counts are added to. */
  async #write({ key, counts }: Chunk): Promise<void> {
    const { control } = this.#parts;
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const stored = await control.get(key);
      const sums = stored ? decode(stored.value) : new Uint16Array(chunkRows);
      for (const [place, count] of counts) {
        sums[place] = Math.min(countMax, (sums[place] ?? 0) + count);
      }
      const version = await control.putIfVersion(key, encode(sums), stored?.version ?? 0);
      if (version !== undefined) return;
    }
  }
}

const chunkPrefix = (tenant: TenantId, namespaceNo: number): string =>
  `recalls/${tenant}/${namespaceNo}/`;

function encode(counts: Uint16Array): string {
  const bytes = Buffer.alloc(counts.length * 2);
  for (const [i, count] of counts.entries()) bytes.writeUInt16LE(count, i * 2);
  return bytes.toString('base64');
}

/** A document that cannot be read counts as none: counts are no truth. */
function decode(text: string): Uint16Array {
  const bytes = Buffer.from(text, 'base64');
  const counts = new Uint16Array(chunkRows);
  if (bytes.length !== chunkRows * 2) return counts;
  for (let i = 0; i < chunkRows; i += 1) counts[i] = bytes.readUInt16LE(i * 2);
  return counts;
}
