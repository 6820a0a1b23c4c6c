/** GET /v1/namespaces, and GET and PATCH /v1/namespaces/{namespace}. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { hygienePolicies } from '../../domain/hygiene.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import { defaultModes } from '../../domain/memory-input.ts';
import { parseNamespace } from '../../domain/names.ts';
import type { NamespaceDetail } from '../../engine/namespaces/settings.ts';
import type { AppContext } from '../context.ts';
import { expectedVersion } from '../if-match.ts';
import { presentNamespace, presentNamespaceDetail } from '../present.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { defined } from '../store-input.ts';

const namespaceSchema = z.object({
  name: z.string(),
  memories: z.number().int(),
  created_at: z.string(),
  changed_at: z.string(),
});

const list = defineRoute({
  method: 'get',
  path: '/v1/namespaces',
  aliases: ['/v1/memory/namespaces'],
  tag: 'Namespaces',
  needs: 'read',
  summary: 'List namespaces by name, page by page',
  query: z.strictObject({
    limit: z.number().int().min(1).max(limits.listLimitMax).optional(),
    cursor: z.string().optional(),
  }),
  response: z
    .object({
      ok: z.literal(true),
      results: z.array(namespaceSchema),
      count: z.number().int(),
      next_cursor: z.string().nullable(),
    })
    .openapi('Namespaces'),
  handle: async ({ query, scope }, { engine }) => {
    const { namespaces, nextAfter } = await engine.namespaces(scope, {
      limit: query.limit ?? limits.listLimitDefault,
      // The cursor is a name: pages stay right while namespaces come and go.
      ...(query.cursor !== undefined && { after: nameFrom(query.cursor) }),
    });
    const results = namespaces.map(presentNamespace);
    return { ok: true, results, count: results.length, next_cursor: nextAfter ?? null };
  },
});

/** Throws invalid_cursor: what is no name was no cursor either. */
export function nameFrom(cursor: string): NamespaceName {
  try {
    return parseNamespace(cursor);
  } catch (cause) {
    throw new MemoryError('invalid_cursor', undefined, { cause });
  }
}

const params = z.strictObject({ namespace: z.string() });

const policy = z.enum(hygienePolicies);
const policyFields = { secrets: policy, cards: policy, instructions: policy };

const detailSchema = namespaceSchema
  .extend({
    ok: z.literal(true),
    default_mode: z.enum(defaultModes),
    hygiene: z.object(policyFields),
    version: z.number().int().openapi({ description: 'Of the settings; 0 before the first.' }),
  })
  .openapi('Namespace');

const get = defineRoute({
  method: 'get',
  path: '/v1/namespaces/{namespace}',
  tag: 'Namespaces',
  needs: 'read',
  summary: 'Read one namespace and its settings',
  description: 'The header `ETag` has the version of the settings.',
  params,
  response: detailSchema,
  handle: async ({ params, scope, context }, { engine }) => {
    const name = parseNamespace(params.namespace);
    return answered(context, await engine.namespace(scope, name));
  },
});

const patch = defineRoute({
  method: 'patch',
  path: '/v1/namespaces/{namespace}',
  alsoAnswers: [409],
  tag: 'Namespaces',
  needs: 'write',
  summary: 'Change the settings of a namespace',
  description:
    '`default_mode` is what a store under a key does when it names neither `mode` nor `kind`: ' +
    '`append` to the thread, `replace` the fact, or `auto`, by the value. `hygiene` says what is ' +
    'done about secrets, cards and instructions (docs/guides/hygiene.md), null goes by the ' +
    'settings of the server; to change it takes the permission `system`. `if_version`, or the ' +
    'header `If-Match`, is a 409 when somebody else was faster. A namespace that does not exist ' +
    'is made.',
  params,
  body: z
    .strictObject({
      default_mode: z.enum(defaultModes).optional(),
      hygiene: z.strictObject(policyFields).partial().nullable().optional(),
      if_version: z.number().int().min(0).optional(),
    })
    .openapi('NamespacePatch'),
  response: detailSchema,
  handle: async ({ params, body, scope, context }, { engine }) => {
    const { default_mode: defaultMode, hygiene, if_version: version } = body;
    const ifVersion = expectedVersion(version, context);
    const detail = await engine.updateNamespace(scope, parseNamespace(params.namespace), {
      ...(defaultMode !== undefined && { defaultMode }),
      ...(hygiene !== undefined && { hygiene: hygiene && defined(hygiene) }),
      ...(ifVersion !== undefined && { ifVersion }),
    });
    return answered(context, detail);
  },
});

function answered(context: AppContext, detail: NamespaceDetail) {
  context.header('ETag', `"${detail.settingsVersion}"`);
  return { ok: true, ...presentNamespaceDetail(detail) };
}

export const namespaceRoutes: readonly Mountable[] = [list, get, patch];
