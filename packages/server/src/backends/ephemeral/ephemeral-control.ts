/** Control documents in memory. */
import type { ControlDocument, ControlPage, ControlPort } from '../../ports/control.ts';
import type { BatchDocument } from '../../ports/records.ts';
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

  async list(prefix: string, page?: ControlPage): Promise<ControlDocument[]> {
    const found = this.all().filter(({ key }) => key.startsWith(prefix));
    if (page === undefined) return found;
    const { before, limit } = page;
    return found
      .filter(({ key }) => before === undefined || compareUtf8(key, before) < 0)
      .reverse()
      .slice(0, limit);
  }

  /** Ordered by key. */
  all(): ControlDocument[] {
    return [...this.#documents.values()].sort((a, b) => compareUtf8(a.key, b.key));
  }

  /** As it was in another store. */
  load(document: ControlDocument): void {
    this.#documents.set(document.key, document);
  }

  /** Whether all documents of a batch have the versions that it expects. */
  fits(documents: readonly BatchDocument[]): boolean {
    return documents.every(
      ({ key, expected }) => (this.#documents.get(key)?.version ?? 0) === expected,
    );
  }

  /** After {@link fits}. */
  write(
    documents: readonly BatchDocument[],
    newest: { readonly seq: number; readonly at: number },
  ): void {
    for (const { key, value, expected, stamp } of documents) {
      const stamped = stamp === undefined ? value : { ...value, [stamp]: { ...newest } };
      this.#documents.set(key, { key, value: JSON.stringify(stamped), version: expected + 1 });
    }
  }
}
