/**
 * Compares all namespaces with their cursors, page by page: what an earlier process left, what
 * another server has written, and namespaces that are gone.
 */

import type { TenantId } from '../../domain/memory.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import { serverItself } from '../../util/fair-turns.ts';
import type { PublishDeps } from './deps.ts';
import { namespaceOfCursor, publishKeys, type StoredCursor } from './publish-keys.ts';
import { cursorOf, writtenAfter } from './read-part.ts';
import type { TenantQueue } from './tenant-queue.ts';

const everyMs = 30_000;
/** With very many namespaces it rests for so many times as long as it took. */
const restRatio = 50;
/** A page holds the thread for about 2 ms. */
const pageSize = 200;
/** Then events have their turn. */
const stepMs = 50;
/** Namespaces have lower numbers. */
const numberMax = 2 ** 21;

type Deps = Pick<PublishDeps, 'records' | 'control' | 'clock' | 'turn'>;

export class Rescan {
  readonly #deps: Deps;
  readonly #queue: TenantQueue;
  /** The last namespace that was looked at. */
  #after = 0;
  #nextAt = 0;
  #isMissed = false;
  #behindNow = 0;
  #tookMs = 0;
  /** Changes of namespaces that had no room in the queue when it last looked. */
  behindElsewhere = 0;

  constructor(deps: Deps, queue: TenantQueue) {
    this.#deps = deps;
    this.#queue = queue;
  }

  /** Something had no room in the queue. */
  missed(): void {
    this.#isMissed = true;
  }

  get isUnderWay(): boolean {
    return this.#after > 0;
  }

  /** Until it begins again. */
  get waitMs(): number {
    return Math.max(0, this.#nextAt - this.#deps.clock.now());
  }

  /** Goes on for a moment, when it is time; true when it has come through. */
  async step(): Promise<boolean> {
    const isEmptied = this.#isMissed && this.#queue.size === 0;
    if (!this.isUnderWay && this.waitMs > 0 && !isEmptied) return false;
    const start = performance.now();
    do await this.#page();
    while (this.isUnderWay && performance.now() - start < stepMs);
    this.#tookMs += performance.now() - start;
    if (this.isUnderWay) return false;
    this.#nextAt = this.#deps.clock.now() + Math.max(everyMs, restRatio * this.#tookMs);
    this.#tookMs = 0;
    return true;
  }

  async #page(): Promise<void> {
    if (!this.isUnderWay) this.#isMissed = false;
    const { records, clock, turn } = this.#deps;
    await turn(serverItself);
    const page = await records.namespaces(this.#after, pageSize);
    const isLast = page.length < pageSize;
    const through = isLast ? numberMax : (page.at(-1)?.no ?? numberMax);
    const cursors = await this.#cursors(this.#after, through);
    for (const info of page) {
      await this.#compare(info, cursors.get(info.no)?.seq ?? 0);
      cursors.delete(info.no);
    }
    // Those of namespaces that are gone.
    for (const [namespaceNo, { tenant }] of cursors) {
      this.#queue.put({ tenant, namespaceNo, behind: 1, since: clock.now() });
    }
    this.#after = isLast ? 0 : through;
    if (!isLast) return;
    this.behindElsewhere = this.#behindNow;
    this.#behindNow = 0;
  }

  async #compare(info: NamespaceInfo & { readonly tenant: TenantId }, seq: number): Promise<void> {
    const { tenant, no: namespaceNo } = info;
    const behind = info.seq - seq;
    if (behind <= 0) return;
    const known = this.#queue.get(namespaceNo)?.since;
    if (known === undefined) await this.#deps.turn(serverItself);
    const since = known ?? (await writtenAfter(this.#deps, info, seq));
    if (this.#queue.put({ tenant, namespaceNo, behind, since })) return;
    this.#behindNow += behind;
    this.#isMissed = true;
  }

  /** Of namespaces after one number, up to another one. */
  async #cursors(after: number, through: number): Promise<Map<number, StoredCursor>> {
    const found = new Map<number, StoredCursor>();
    for (let end = through + 1; end > after + 1; ) {
      const page = { before: publishKeys.cursor(end), limit: pageSize };
      const some = await this.#deps.control.list(publishKeys.cursors, page);
      for (const { key, value } of some) {
        const namespaceNo = namespaceOfCursor(key);
        const cursor = cursorOf(value);
        if (namespaceNo > after && cursor) found.set(namespaceNo, cursor);
      }
      const last = some.at(-1);
      if (some.length < pageSize || last === undefined) break;
      end = namespaceOfCursor(last.key);
    }
    return found;
  }
}
