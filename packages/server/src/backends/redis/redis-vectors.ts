/** Vectors of questions in Redis: little-endian float32 under a hash of the text. */
import type { SharedVectors } from '../../ports/shared-vectors.ts';
import type { RedisLink } from './redis-link.ts';
import type { RedisNames } from './redis-names.ts';

export class RedisVectors implements SharedVectors {
  readonly #link: RedisLink;
  readonly #names: RedisNames;
  readonly #keptMs: number;

  constructor(link: RedisLink, names: RedisNames, keptMs: number) {
    this.#link = link;
    this.#names = names;
    this.#keptMs = keptMs;
  }

  get answers(): boolean {
    return this.#link.answers && this.#names.isUnlocked;
  }

  async get(names: readonly string[]): Promise<readonly (Float32Array | undefined)[]> {
    const none = names.map(() => undefined);
    if (!this.answers) return none;
    const keys = names.map((name) => this.#names.of('vector', name));
    const found = await this.#link.run((redis) => redis.getBytes(keys));
    return found?.map((bytes) => (bytes ? floatsOf(bytes) : undefined)) ?? none;
  }

  put(vectors: ReadonlyMap<string, Float32Array>): void {
    if (!this.answers) return;
    for (const [name, vector] of vectors) {
      const key = this.#names.of('vector', name);
      const set = ['SET', key, bytesOf(vector), 'PX', String(this.#keptMs)];
      // A fault is told and counted by the link; there is nothing to do about it here.
      void this.#link.run((redis) => redis.sendCommand(set));
    }
  }
}

function bytesOf(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, i * 4);
  return bytes;
}

/** Undefined for what is no vector. */
function floatsOf(bytes: Buffer): Float32Array | undefined {
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined;
  const vector = new Float32Array(bytes.length / 4);
  for (let i = 0; i < vector.length; i++) vector[i] = bytes.readFloatLE(i * 4);
  return vector.every(Number.isFinite) ? vector : undefined;
}
