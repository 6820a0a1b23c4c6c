/** Routes about many keys: /v1/memory-list, memory-bulk-set, memory-bulk-get, import, export. */
import { z } from '@hono/zod-openapi';
import { limits } from '../../domain/limits.ts';
import type { Memory } from '../../domain/memory.ts';
import { defaultNamespace, parseKey, parseNamespace, parseTag } from '../../domain/names.ts';
import type { ItemOutcome } from '../../engine/store/store-many.ts';
import { createTurns } from '../../util/turns.ts';
import { wireError } from '../errors.ts';
import { iso } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { itemsFrom } from '../routes/store.ts';
import { jsonObjectSchema, jsonSchema, storeBodySchema } from '../schemas.ts';
import { readEntries } from './entries.ts';
import { entryShape, presentEntry, sizeOf, slugAnswer } from './slug.ts';

const count = z.number().int();
const namespace = z.string().optional();
const namespaceOf = (name: string | undefined) => parseNamespace(name ?? defaultNamespace);
const { key, tags, created, updated } = entryShape;
const entryMetaShape = { key, size: count, tags, created, updated };

const list = defineRoute({
  method: 'post',
  path: '/v1/memory-list',
  aliases: ['/v1/memory/list'],
  tag: 'List',
  needs: 'read',
  summary: 'List the keys of a namespace, newest first',
  description:
    'With `include_meta` what each key points at, by size, tags and times. `unkeyed` counts the ' +
    'memories that have no key. For namespaces of up to 10,000 memories; `GET /v1/memory` pages ' +
    'through any.',
  body: z
    .strictObject({
      namespace,
      tag: z.string().optional(),
      include_meta: z.boolean().optional(),
      limit: count.min(1).max(limits.bulkItemsMax).optional(),
      offset: count.min(0).optional(),
    })
    .openapi('ListKeys'),
  response: slugAnswer({
    keys: z.array(z.string()),
    ...{ count, total: count, limit: count, offset: count, has_more: z.boolean() },
    unkeyed: count,
    entries: z.array(z.object(entryMetaShape)).optional(),
  }),
  handle: async ({ body, scope }, { engine }) => {
    const { limit = 100, offset = 0, include_meta: isDetailed = false } = body;
    const { byKey, unkeyed } = await readEntries(engine, scope, {
      namespace: namespaceOf(body.namespace),
      ...(body.tag !== undefined && { tag: parseTag(body.tag, 'tag') }),
    });
    const shown = [...byKey].slice(offset, offset + limit);
    const total = byKey.size;
    const data = {
      keys: shown.map(([name]) => name),
      ...{ count: shown.length, total, limit, offset, has_more: offset + shown.length < total },
      unkeyed,
      ...(isDetailed && { entries: shown.map(([name, memory]) => metaOf(name, memory)) }),
    };
    return { ok: true, data };
  },
});

function metaOf(key: string, memory: Memory) {
  const { body, createdAt, updatedAt } = memory;
  const times = { created: iso(createdAt), updated: iso(updatedAt) };
  return { key, size: sizeOf(memory), tags: body.tags, ...times };
}

const errorsSchema = z.array(z.object({ key: z.string().nullable() }).catchall(z.unknown()));

const bulkSet = defineRoute({
  method: 'post',
  path: '/v1/memory-bulk-set',
  tag: 'Store',
  needs: 'write',
  summary: 'Store up to 1,000 entries under their keys',
  description: 'Each entry is one of `POST /v1/memory-set`, and has its own outcome.',
  body: z
    .strictObject({
      // Entries are checked one by one, so that a bad one does not stop the others.
      entries: z.array(z.unknown()).openapi({ items: { $ref: '#/components/schemas/Store' } }),
      namespace,
    })
    .openapi('SetKeys'),
  bodyBytesMax: limits.bulkBodyBytesMax,
  once: true,
  response: slugAnswer({
    ...{ stored: count, failed: count },
    keys: z.array(z.string()),
    errors: errorsSchema,
  }),
  handle: async ({ body, scope }, { engine }) => {
    const schema = storeBodySchema.extend({ key: z.string() });
    const items = itemsFrom(body.entries, schema, namespaceOf(body.namespace));
    const outcomes = await engine.storeMany(scope, items);
    const keys = body.entries.map((entry) => keyed.safeParse(entry).data?.key ?? null);
    const stored = keys.filter((name, i) => name !== null && outcomes[i]?.ok);
    const errors = errorsOf(outcomes, keys);
    const counts = { stored: stored.length, failed: errors.length };
    return { ok: true, data: { ...counts, keys: stored, errors } };
  },
});

const keyed = z.object({ key: z.string() });

function errorsOf(outcomes: readonly ItemOutcome[], keys: readonly (string | null)[]) {
  return outcomes.flatMap((outcome, index) =>
    outcome.ok ? [] : [{ key: keys[index] ?? null, index, ...wireError(outcome.error) }],
  );
}

const bulkGet = defineRoute({
  method: 'post',
  path: '/v1/memory-bulk-get',
  tag: 'List',
  needs: 'read',
  summary: 'Read up to 1,000 keys',
  description: '`results` has an entry for each key that is there, as in `POST /v1/memory-get`.',
  body: z
    .strictObject({ keys: z.array(z.string()).max(limits.bulkItemsMax), namespace })
    .openapi('GetKeys'),
  response: slugAnswer({ results: z.record(z.string(), z.object(entryShape)), found: count }),
  handle: async ({ body, scope }, { engine, clock }) => {
    const space = namespaceOf(body.namespace);
    const entries: [string, ReturnType<typeof presentEntry>][] = [];
    const turns = createTurns(scope.tenant);
    for (const name of new Set(body.keys)) {
      const { memory } = await engine.getByKey(scope, space, parseKey(name));
      if (memory) entries.push([name, presentEntry(name, memory, clock.now())]);
      if (turns.due()) await turns.next();
    }
    return { ok: true, data: { results: Object.fromEntries(entries), found: entries.length } };
  },
});

const exportAll = defineRoute({
  method: 'post',
  path: '/v1/memory-export',
  tag: 'Namespaces',
  needs: 'read',
  summary: 'The current value of every key, as one object',
  description:
    'For namespaces of up to 10,000 memories. `GET /v1/namespaces/{namespace}/export` leaves ' +
    'nothing out: memories without a key, all turns, history.',
  body: z.strictObject({ namespace, include_meta: z.boolean().optional() }).openapi('ExportKeys'),
  response: slugAnswer({
    data: z.record(z.string(), jsonSchema),
    ...{ count, unkeyed: count },
    meta: z.record(z.string(), z.object(entryMetaShape)).optional(),
  }),
  handle: async ({ body, scope }, { engine }) => {
    const space = namespaceOf(body.namespace);
    const { byKey, unkeyed } = await readEntries(engine, scope, { namespace: space });
    const entries = [...byKey];
    const values = entries.map(([name, memory]) => [name, memory.body.value] as const);
    const meta = entries.map(([name, memory]) => [name, metaOf(name, memory)] as const);
    const data = {
      data: Object.fromEntries(values),
      ...{ count: byKey.size, unkeyed },
      ...(body.include_meta && { meta: Object.fromEntries(meta) }),
    };
    return { ok: true, data };
  },
});

const importAll = defineRoute({
  method: 'post',
  path: '/v1/memory-import',
  tag: 'Namespaces',
  needs: 'write',
  summary: 'Store every key of an object as a fact',
  description:
    'With `overwrite: false` keys that have a fact are left alone. Up to 1,000 keys; ' +
    '`POST /v1/namespaces/{namespace}/import` reads files of any size.',
  body: z
    .strictObject({ data: jsonObjectSchema, namespace, overwrite: z.boolean().optional() })
    .openapi('ImportKeys'),
  bodyBytesMax: limits.bulkBodyBytesMax,
  once: true,
  response: slugAnswer({
    ...{ imported: count, skipped: count, overwritten: count, failed: count, total: count },
    errors: errorsSchema,
  }),
  handle: async ({ body, scope }, { engine }) => {
    const mayOverwrite = body.overwrite ?? true;
    const keys = Object.keys(body.data);
    const raws = Object.entries(body.data).map(([name, value]) => ({
      ...{ key: name, value, kind: 'fact', mode: 'replace' },
      ...(!mayOverwrite && { if_version: 0 }),
    }));
    const items = itemsFrom(raws, storeBodySchema, namespaceOf(body.namespace));
    const outcomes = await engine.storeMany(scope, items);
    const data = importCounts(outcomes);
    // That a key has a fact is no error where it was to be left alone.
    const errors = errorsOf(outcomes, keys).filter(({ error }) => error.code !== conflict);
    return { ok: true, data: { ...data, failed: errors.length, total: keys.length, errors } };
  },
});

const conflict = 'version_conflict';

function importCounts(outcomes: readonly ItemOutcome[]) {
  const how = (test: (outcome: ItemOutcome) => boolean) => outcomes.filter(test).length;
  return {
    imported: how((one) => one.ok),
    overwritten: how((one) => one.ok && one.status !== 'stored'),
    skipped: how((one) => !one.ok && one.error.code === conflict),
  };
}

export const slugManyRoutes: readonly Mountable[] = [list, bulkSet, bulkGet, exportAll, importAll];
