/** Reads what forgetting answers. */
import type { ForgetCounts, ForgetReceipt, ForgetResult, TenantReceipt } from './forget-types.ts';
import type { JsonObject, JsonValue } from './json-types.ts';
import { count, countOrNull, isObject, objects, results, text, textOrNull } from './read-wire.ts';

export function forgetFrom(raw: JsonObject): ForgetResult {
  return {
    forgotten: count(raw.forgotten, 0),
    dryRun: raw.dry_run === true,
    namespace: textOrNull(raw.namespace),
    counts: forgetCountsFrom(raw.counts),
    receipt: isObject(raw.receipt) ? receiptFrom(raw.receipt) : null,
  };
}

export function receiptFrom(raw: JsonObject): ForgetReceipt {
  const { hidden } = raw;
  return {
    id: text(raw, 'id'),
    state: text(raw, 'state') as ForgetReceipt['state'],
    selector: text(raw, 'selector') as ForgetReceipt['selector'],
    namespace: textOrNull(raw.namespace),
    counts: forgetCountsFrom(raw.counts),
    askedAt: text(raw, 'asked_at'),
    hidden: isObject(hidden) ? { seq: countOrNull(hidden.seq), at: text(hidden, 'at') } : null,
    erasedAt: textOrNull(raw.erased_at),
    outOfReach: objects(raw.out_of_reach).map((item) => ({
      what: text(item, 'what'),
      note: text(item, 'note'),
    })),
  };
}

export function receiptsFrom(raw: JsonObject): {
  results: ForgetReceipt[];
  nextCursor: string | null;
} {
  return { results: results(raw).map(receiptFrom), nextCursor: textOrNull(raw.next_cursor) };
}

export function tenantReceiptsFrom(raw: JsonObject): {
  results: TenantReceipt[];
  nextCursor: string | null;
} {
  const of = (one: JsonObject) => ({ ...receiptFrom(one), tenant: text(one, 'tenant') });
  return { results: results(raw).map(of), nextCursor: textOrNull(raw.next_cursor) };
}

function forgetCountsFrom(raw: JsonValue | undefined): ForgetCounts {
  const counts = isObject(raw) ? raw : {};
  return {
    memories: count(counts.memories, 0),
    derived: count(counts.derived, 0),
    versions: count(counts.versions, 0),
    vectors: count(counts.vectors, 0),
    attachments: count(counts.attachments, 0),
    kept: count(counts.kept, 0),
  };
}
