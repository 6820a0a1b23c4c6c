/** Control documents in memory. */
import type { ControlDocument, ControlPort } from '../../ports/control.ts';
import { compareUtf8 } from '../../util/bytes.ts';

export class EphemeralControl implements ControlPort {
  readonly #documents = new Map<string, ControlDocument>();

  async get(key: string): Promise<ControlDocument | undefined> {
    return this.#documents.get(key);
  }

  async putIfVersion(key: string, value: string, expected: number): Promise<number | undefined> {
    const found = this.#documents.get(key)?.version ?? 0;
    if (found !== expected) return undefined;
    this.#documents.set(key, { key, value, version: found + 1 });
    return found + 1;
  }

  async delete(key: string): Promise<boolean> {
    return this.#documents.delete(key);
  }

  async list(prefix: string): Promise<ControlDocument[]> {
    return [...this.#documents.values()]
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => compareUtf8(a.key, b.key));
  }
}
