/** Small documents by which the servers of a store see each other, one for each. */
import { limits } from '../domain/limits.ts';
import type { ControlDocument, ControlPort } from '../ports/control.ts';
import type { MovedLog } from './moved-namespaces.ts';

/** What a server tells of itself. */
export interface Sign {
  /** Of the newest change of held documents that it knows. */
  readonly mark: number;
  readonly moved: MovedLog;
}

interface StoredSign extends Sign {
  /** Rises with every sign. */
  readonly beat: number;
}

export interface PeerSign extends StoredSign {
  readonly id: string;
}

interface Seen {
  readonly beat: number;
  /** When it was new to this server; steady. */
  readonly at: number;
}

const prefix = 'peers/';

export { prefix as signsPrefix };
/** Steady clocks of two machines run differently by far less. */
export const peerSilentMs = limits.peerLeaseMs * 1.1;
/** The sign of a server that has been silent for so long is taken away. */
const removedAfterMs = 60_000;

export class LifeSigns {
  readonly #control: ControlPort;
  readonly #id: string;
  readonly #steadyNow: () => number;
  readonly #seen = new Map<string, Seen>();
  readonly #lost = new Set<string>();
  #beat = 0;
  #version = 0;
  /** The last reading that was begun, and the last one that was noted: an older one knows less. */
  #readings = 0;
  #noted = 0;
  #readAt = Number.NEGATIVE_INFINITY;
  #isOneGone = false;

  constructor(control: ControlPort, id: string, steadyNow: () => number) {
    this.#control = control;
    this.#id = id;
    this.#steadyNow = steadyNow;
  }

  async write(sign: Sign): Promise<void> {
    this.#beat += 1;
    const stored: StoredSign = { ...sign, beat: this.#beat };
    const value = JSON.stringify(stored);
    const key = prefix + this.#id;
    const version = await this.#control.putIfVersion(key, value, this.#version);
    if (version !== undefined) {
      this.#version = version;
      return;
    }
    // It was taken away after a long silence, or a write was done whose answer was lost.
    const found = await this.#control.get(key);
    const again = await this.#control.putIfVersion(key, value, found?.version ?? 0);
    this.#version = again ?? 0;
  }

  /** Of the others that are alive. */
  async read(): Promise<PeerSign[]> {
    this.#readings += 1;
    const reading = this.#readings;
    const documents = await this.#control.list(prefix);
    if (reading > this.#noted) {
      this.#noted = reading;
      this.#note(documents);
    }
    return documents.flatMap(({ key, value }) => {
      const id = key.slice(prefix.length);
      const sign: StoredSign = JSON.parse(value);
      return id !== this.#id && this.isAlive(id) ? [{ ...sign, id }] : [];
    });
  }

  #note(documents: readonly ControlDocument[]): void {
    const now = this.#steadyNow();
    // After a time without the store nobody could be seen: their silence counts from now on.
    if (now - this.#readAt > limits.peerLeaseMs) {
      for (const [id, { beat }] of this.#seen) this.#seen.set(id, { beat, at: now });
    }
    this.#readAt = now;
    const there = new Set<string>();
    for (const { key, value } of documents) {
      const id = key.slice(prefix.length);
      if (id === this.#id) continue;
      there.add(id);
      const sign: StoredSign = JSON.parse(value);
      if (this.#seen.get(id)?.beat !== sign.beat) this.#seen.set(id, { beat: sign.beat, at: now });
    }
    for (const id of this.#seen.keys()) {
      if (there.has(id)) continue;
      // It has ended; what it had begun may be left behind all the same.
      this.#seen.delete(id);
      this.#isOneGone = true;
    }
  }

  /** As it was at the last reading. */
  isAlive(id: string): boolean {
    const seen = this.#seen.get(id);
    return seen !== undefined && this.#steadyNow() - seen.at <= peerSilentMs;
  }

  /** It is looked for once more: it may just have begun, and after an outage all seem silent. */
  async isGone(id: string): Promise<boolean> {
    if (this.isAlive(id)) return false;
    await this.read();
    return !this.isAlive(id);
  }

  /** True where servers have ended or fallen silent since the last call. */
  async removeLost(): Promise<boolean> {
    let isNew = this.#isOneGone;
    this.#isOneGone = false;
    for (const [id, { at }] of [...this.#seen]) {
      if (this.isAlive(id)) {
        this.#lost.delete(id);
        continue;
      }
      if (!this.#lost.has(id)) isNew = true;
      this.#lost.add(id);
      if (this.#steadyNow() - at <= removedAfterMs) continue;
      await this.#control.delete(prefix + id);
      this.#seen.delete(id);
      this.#lost.delete(id);
    }
    return isNew;
  }

  /** With the end of this server. */
  async remove(): Promise<void> {
    await this.#control.delete(prefix + this.#id);
  }
}
