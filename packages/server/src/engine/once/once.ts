/** A request that its sender named: carried out once, and answered alike when it comes again. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { JsonObject, KeyHash, NamespaceName } from '../../domain/memory.ts';
import type { KeptReceipt, Receipt } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';

export interface OnceRequest {
  /** The sender's name for the request: an Idempotency-Key. */
  readonly key: string;
  /** What is done to what; the same key may name another request elsewhere. */
  readonly route: string;
  readonly namespace: NamespaceName;
  /** Digest of what is asked: the same key with another digest is a mistake. */
  readonly digest: string;
}

/**
 * What a verb needs to know of a named request. It asks for `former` before it does anything, and
 * hands a `receipt` to the commit that does it.
 */
export class Once {
  readonly #id: KeyHash;
  readonly #fingerprint: KeyHash;
  readonly #expiresAt: number;
  readonly #kept: ReadonlyMap<number, KeptReceipt>;
  #replays = 0;
  #receipts = 0;

  constructor(
    named: Pick<Receipt, 'id' | 'fingerprint' | 'expiresAt'>,
    kept: readonly KeptReceipt[],
  ) {
    this.#id = named.id;
    this.#fingerprint = named.fingerprint;
    this.#expiresAt = named.expiresAt;
    this.#kept = new Map(kept.map((receipt) => [receipt.part, receipt]));
  }

  /** True when all that was answered had been done before. */
  get isReplay(): boolean {
    return this.#replays > 0 && this.#receipts === 0;
  }

  /** Parts of the request that were carried out before. */
  get partsDone(): number {
    return this.#kept.size;
  }

  /** How a part of the request went before; undefined when it is still to be done. */
  former(part = 0): KeptReceipt | undefined {
    const kept = this.#kept.get(part);
    if (kept) this.#replays += 1;
    return kept;
  }

  /** `note`: what is needed to answer again; ids, versions and codes, never content. */
  receipt(
    note: JsonObject,
    place: { readonly part?: number; readonly op?: number | undefined } = {},
  ): Receipt & { readonly op?: number } {
    this.#receipts += 1;
    const { part = 0, op } = place;
    return {
      id: this.#id,
      part,
      fingerprint: this.#fingerprint,
      note: JSON.stringify(note),
      expiresAt: this.#expiresAt,
      ...(op !== undefined && { op }),
    };
  }
}

export type RunOnce = <Answer>(
  scope: Scope,
  request: OnceRequest,
  run: (scope: Scope) => Promise<Answer>,
) => Promise<{ readonly answer: Answer; readonly isReplay: boolean }>;

/**
 * Throws idempotency_in_flight while the same request is under way, and idempotency_mismatch when
 * the key was used for another one.
 */
export function createOnce(deps: EngineDeps): RunOnce {
  const inFlight = new Set<string>();
  return async (scope, { key, route, namespace, digest }, run) => {
    const { tenant, actor } = scope;
    const id = deps.hashKey(tenant, namespace, JSON.stringify(['request', actor, route, key]));
    const place = `${tenant} ${id}`;
    if (inFlight.has(place)) throw new MemoryError('idempotency_in_flight');
    inFlight.add(place);
    try {
      const fingerprint = deps.hashKey(tenant, namespace, JSON.stringify(['asked', digest]));
      const kept = await openRecords(deps, scope).receipts(id);
      if (kept.some((receipt) => receipt.fingerprint !== fingerprint)) {
        throw new MemoryError('idempotency_mismatch');
      }
      const expiresAt = deps.clock.now() + limits.receiptKeptMs;
      const once = new Once({ id, fingerprint, expiresAt }, kept);
      const answer = await run({ ...scope, once });
      return { answer, isReplay: once.isReplay };
    } finally {
      inFlight.delete(place);
    }
  };
}

/** Another process has carried out the request meanwhile: its repetition finds the receipt. */
export function doneElsewhere(): MemoryError {
  return new MemoryError('idempotency_in_flight');
}
