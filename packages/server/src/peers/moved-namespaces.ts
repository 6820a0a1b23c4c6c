/** Where servers wrote of late, so that whoever follows changes on another one looks there soon. */
import type { TenantId } from '../domain/memory.ts';
import type { PeerSign } from './life-signs.ts';
import type { Moved } from './peers.ts';

/** The last beats in which something was written; null: in too many namespaces to name them. */
export type MovedLog = readonly (readonly [beat: number, places: readonly Place[] | null])[];

type Place = readonly [tenant: TenantId, namespaceNo: number];

/** A reader that misses more beats than these looks everywhere. */
const beatsKept = 10;
const placesMax = 200;

export class MovedNamespaces {
  #waiting = new Map<string, Place>();
  #log: MovedLog = [];
  #beat = 0;
  /** Of each server, the last beat that was read. */
  readonly #read = new Map<string, number>();

  note({ tenant, namespaceNo }: Moved): void {
    if (this.#waiting.size <= placesMax) {
      this.#waiting.set(`${namespaceNo}`, [tenant, namespaceNo]);
    }
  }

  /** What the next sign tells; its beats are counted with the signs. */
  next(): MovedLog {
    this.#beat += 1;
    const places = [...this.#waiting.values()];
    this.#waiting = new Map();
    const kept = this.#log.filter(([beat]) => beat > this.#beat - beatsKept);
    const told = places.length > placesMax ? null : places;
    this.#log = places.length === 0 ? kept : [...kept, [this.#beat, told]];
    return this.#log;
  }

  /** What is new in the signs of others; undefined: anywhere. */
  readFrom(signs: readonly PeerSign[]): Moved[] | undefined {
    const news: Moved[] = [];
    let isAnywhere = false;
    for (const { id, beat, moved } of signs) {
      const read = this.#read.get(id) ?? 0;
      this.#read.set(id, beat);
      // Who is seen for the first time may have written before.
      if (beat - read > beatsKept) isAnywhere = true;
      for (const [at, places] of moved) {
        if (at <= read) continue;
        if (places === null) isAnywhere = true;
        else news.push(...places.map(([tenant, namespaceNo]) => ({ tenant, namespaceNo })));
      }
    }
    const there = new Set(signs.map(({ id }) => id));
    for (const id of this.#read.keys()) {
      if (there.has(id)) continue;
      // What it wrote after its last sign nobody has told of.
      this.#read.delete(id);
      isAnywhere = true;
    }
    return isAnywhere ? undefined : news;
  }
}
