/** What counts as an operation, and as how many: the one table. */
import { z } from 'zod';
import type { Need } from './principal.ts';

export const operationKinds = [
  'store',
  'update',
  'search',
  'context',
  'read',
  'import',
  'export',
  'forget',
  'dream',
  'keys',
  /** Set aside when the server was killed: which of them were carried out is not known. */
  'interrupted',
] as const;
export type OperationKind = (typeof operationKinds)[number];

export interface Operation {
  readonly kind: OperationKind;
  /** Items of a request, from its body; set aside before it is carried out. 1 when absent. */
  readonly items?: (body: unknown) => number;
  /** Items that were refused, from the answer: they are given back. None when absent. */
  readonly failed?: (answer: unknown, body: unknown) => number;
  /** Counted, and never refused: nobody is kept from taking out or erasing what is theirs. */
  readonly isAlwaysAllowed?: true;
  /** Items are not known before they come in: the handler counts them. */
  readonly isCountedByHandler?: true;
}

const bulkBody = z.object({ items: z.array(z.unknown()) });
const bulkAnswer = z.object({ failed: z.number() });
const entriesBody = z.object({ entries: z.array(z.unknown()) });
const dataBody = z.object({ data: z.record(z.string(), z.unknown()) });
const keysBody = z.object({ keys: z.array(z.string()) });
const slugAnswer = z.object({
  data: z.object({ failed: z.number().default(0), skipped: z.number().default(0) }),
});
const foundAnswer = z.object({ data: z.object({ found: z.number() }) });

/** Of the answer to a slug route: what was left alone is given back like what was refused. */
function slugFailed(answer: unknown): number {
  const { failed = 0, skipped = 0 } = slugAnswer.safeParse(answer).data?.data ?? {};
  return failed + skipped;
}

const keysOf = (body: unknown): number => new Set(keysBody.safeParse(body).data?.keys).size;

/** By method and path of the route table; other routes count by what they need. */
const byRoute: Readonly<Record<string, Operation>> = {
  'post /v1/memory-set': { kind: 'store' },
  'post /v1/memory/bulk': {
    kind: 'store',
    items: (body) => bulkBody.safeParse(body).data?.items.length ?? 1,
    failed: (answer) => bulkAnswer.safeParse(answer).data?.failed ?? 0,
  },
  'post /v1/memory-bulk-set': {
    kind: 'store',
    items: (body) => entriesBody.safeParse(body).data?.entries.length ?? 1,
    failed: slugFailed,
  },
  'post /v1/memory-import': {
    kind: 'import',
    items: (body) => Object.keys(dataBody.safeParse(body).data?.data ?? {}).length,
    failed: slugFailed,
  },
  'post /v1/remember': { kind: 'store' },
  'post /v1/memory-copy': { kind: 'store' },
  'post /v1/memory-bulk-get': {
    kind: 'read',
    items: keysOf,
    failed: (answer, body) => keysOf(body) - (foundAnswer.safeParse(answer).data?.data.found ?? 0),
  },
  'post /v1/memory/search': { kind: 'search' },
  'get /v1/memory/search': { kind: 'search' },
  'post /v1/recall': { kind: 'search' },
  'post /v1/memory-search': { kind: 'search' },
  'post /v1/memory-search-semantic': { kind: 'search' },
  'post /v1/memory/context': { kind: 'context' },
  'post /v1/memory/why-not': { kind: 'search' },
  'post /v1/keys': { kind: 'keys' },
  // Who has lost a key must not have to wait for the next month.
  'post /v1/keys/{id}/rotate': { kind: 'keys', isAlwaysAllowed: true },
  'delete /v1/keys/{id}': { kind: 'keys', isAlwaysAllowed: true },
  // Whoever wants it to end must not have to wait for the next month either.
  'delete /v1/webhooks/{id}': { kind: 'keys', isAlwaysAllowed: true },
  'post /v1/webhooks/{id}/rotate': { kind: 'keys', isAlwaysAllowed: true },
  'post /v1/namespaces/{namespace}/import': { kind: 'import', isCountedByHandler: true },
  'get /v1/namespaces/{namespace}/export': { kind: 'export', isAlwaysAllowed: true },
  'post /v1/memory-export': { kind: 'export', isAlwaysAllowed: true },
};

/** A page, a memory that is read, a change, a forget: one each. */
const byNeed: Readonly<Record<Need, Operation | undefined>> = {
  read: { kind: 'read' },
  write: { kind: 'update' },
  system: { kind: 'update' },
  dream: { kind: 'dream' },
  forget: { kind: 'forget', isAlwaysAllowed: true },
  // Reading of keys, usage and the log, and the server itself.
  key: undefined,
  admin: undefined,
  operator: undefined,
};

/** Undefined: free. `route` is `post /v1/memory/search`. */
export function operationOf(route: string, need: Need): Operation | undefined {
  return byRoute[route] ?? byNeed[need];
}
