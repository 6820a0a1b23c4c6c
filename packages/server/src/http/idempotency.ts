/** The Idempotency-Key header: a retried write is answered again and not done again. */
import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { defaultNamespace, parseNamespace } from '../domain/names.ts';
import type { Engine } from '../engine/engine.ts';
import type { Scope } from '../engine/scope.ts';
import { namespaceFrom } from './compat/store-body.ts';
import type { AppContext } from './context.ts';

const headerName = 'Idempotency-Key';

/** For the OpenAPI document of a route that takes the header. */
export const idempotencyHeaders = z.object({
  [headerName]: z
    .string()
    .max(limits.idempotencyKeyCharsMax)
    .optional()
    .openapi({
      description:
        'Names this request for 24 hours. The same key with the same body is carried out once; ' +
        'a repetition gets the same answer with `Idempotency-Replayed: true`.',
    }),
});

export interface WriteRequest {
  readonly context: AppContext;
  readonly scope: Scope;
  /** Method and path in the spelling of the route table. */
  readonly route: string;
  /** The body as it came. */
  readonly bytes: Uint8Array;
  /** The body as JSON, not validated yet. */
  readonly json: unknown;
}

/** Without the header the request runs as it is. Throws what the engine's `once` throws. */
export async function runNamed<Answer>(
  engine: Engine,
  { context, scope, route, bytes, json }: WriteRequest,
  run: (scope: Scope) => Promise<Answer>,
): Promise<Answer> {
  const key = context.req.header(headerName);
  if (key === undefined) return run(scope);
  checkKey(key);
  const { search } = new URL(context.req.url);
  const condition = context.req.header('If-Match');
  const asked = condition === undefined ? search : `${search}\n${condition}`;
  const request = {
    key,
    route,
    namespace: namespaceOf(context, json),
    digest: createHash('sha256').update(bytes).update(`\n${asked}`).digest('hex'),
  };
  const { answer, isReplay } = await engine.once(scope, request, run);
  if (isReplay) context.header('Idempotency-Replayed', 'true');
  return answer;
}

function checkKey(key: string): void {
  if (/^[\x21-\x7e]+$/.test(key) && key.length <= limits.idempotencyKeyCharsMax) return;
  const message = `An ${headerName} has 1 to ${limits.idempotencyKeyCharsMax} visible characters.`;
  throw new MemoryError('invalid_request', message, { details: { field: headerName } });
}

/** A body that does not name it rightly is refused by the route's own schema. */
const namingSchema = z.object({ namespace: z.string().optional(), user_id: z.string().optional() });

function namespaceOf(context: AppContext, json: unknown) {
  const body = namingSchema.safeParse(json);
  const named = body.success ? namespaceFrom(body.data) : undefined;
  return parseNamespace(named ?? context.req.query('namespace') ?? defaultNamespace);
}
