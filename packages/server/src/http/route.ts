/** How a route is declared: once, for the router, the validation and the OpenAPI document. */
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { accessFor, type Need } from '../access/principal.ts';
import type { SignUp } from '../access/sign-up.ts';
import { limits } from '../domain/limits.ts';
import { storageCapOf } from '../domain/plans.ts';
import type { Scope } from '../engine/scope.ts';
import { fairTurns, serverItself } from '../util/fair-turns.ts';
import { authenticate, presentedKey } from './authenticate.ts';
import { type JsonBody, readJsonBody, type Turn } from './body.ts';
import type { AppContext, AppDeps, AppEnv, RequestInput } from './context.ts';
import { documentedErrors, type ErrorStatus } from './documented-errors.ts';
import { errorFromIssues } from './errors.ts';
import { idempotencyHeaders, runNamed } from './idempotency.ts';
import { meterOf } from './metering.ts';
import { queryReader } from './query-values.ts';

export type App = OpenAPIHono<AppEnv>;

export interface RouteSpec<Body, Query, Params> {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** OpenAPI form: /v1/memory/{id}. */
  readonly path: string;
  /** Other spellings of the same route, listed in docs/compatibility.md. */
  readonly aliases?: readonly string[];
  readonly tag: string;
  readonly summary: string;
  /** What a key must have to ask. */
  readonly needs: Need;
  readonly description?: string;
  readonly body?: z.ZodType<Body>;
  /** Media type of a body that the handler reads itself, as it comes in. */
  readonly requestType?: string;
  /** The query string, in the types of a JSON body. */
  readonly query?: z.ZodType<Query>;
  readonly params?: z.ZodType<Params>;
  readonly response: z.ZodType;
  /** Of an answer that is no error; 200 when absent. */
  readonly status?: 201;
  /** Statuses of its own errors, beside those that every route of its kind may answer with. */
  readonly alsoAnswers?: readonly ErrorStatus[];
  /** Media type of the answer; JSON when absent. */
  readonly responseType?: string;
  readonly bodyBytesMax?: number;
  /** A write that takes an Idempotency-Key: its verb looks at the scope's `once`. */
  readonly once?: true;
  readonly handle: (input: RequestInput<Body, Query, Params>, deps: AppDeps) => Promise<unknown>;
  /** In place of `handle` for a request without a key, where the server is open to sign-up. */
  readonly welcome?: (
    input: Pick<RequestInput<Body, Query, Params>, 'body' | 'context'>,
    signUp: SignUp,
  ) => Promise<Response>;
}

/** Keeps the types of body, query and params together. */
export function defineRoute<Body = undefined, Query = undefined, Params = undefined>(
  spec: RouteSpec<Body, Query, Params>,
): Mountable {
  return { mount: (app, deps) => mountRoute(app, deps, spec) };
}

export interface Mountable {
  mount(app: App, deps: AppDeps): void;
}

function mountRoute<Body, Query, Params>(
  app: App,
  deps: AppDeps,
  spec: RouteSpec<Body, Query, Params>,
): void {
  const parseBody = parser(spec.body);
  const parseQuery = parser(spec.query);
  const parseParams = parser(spec.params);
  const readQuery = spec.query && queryReader(spec.query);
  const meterFor = meterOf(`${spec.method} ${spec.path}`, spec.needs);
  const handler = async (context: AppContext): Promise<Response> => {
    context.set('route', spec.path);
    if (spec.welcome && deps.signUp && presentedKey(context) === undefined) {
      const bounded = { ...spec, bodyBytesMax: limits.signupBodyBytesMax };
      const turn = () => fairTurns.enter(serverItself);
      const { json } = await readBody(context, bounded, deps.edge.bodyTimeMs, turn);
      const body = parseBody(json);
      return spec.welcome({ body, context }, deps.signUp);
    }
    const principal = authenticate(context, deps);
    const access = accessFor(principal, spec.needs);
    const turn = () => fairTurns.enter(principal.tenant);
    const { bytes, json } = await readBody(context, spec, deps.edge.bodyTimeMs, turn);
    // The body may have taken its time.
    deps.ring.requireStill(principal);
    const input = {
      body: parseBody(json),
      query: parseQuery(readQuery?.(context.req.queries())),
      params: parseParams(spec.params ? context.req.param() : undefined),
      principal,
      context,
    };
    const requireStill = () => deps.ring.requireStill(principal);
    const meter = meterFor(deps, principal);
    const { setAside } = meter;
    const run = (scope: Scope): Promise<unknown> =>
      meter.run(input.body, scope.once?.partsDone ?? 0, () =>
        spec.handle({ ...input, scope, setAside }, deps),
      );
    const storageCap = storageCapOf(principal.plan);
    const scope = {
      ...{ tenant: principal.tenant, actor: principal.keyId, access, requireStill },
      ...(storageCap && { storageCap }),
    };
    const route = `${spec.method} ${pathOf(spec.path, context)}`;
    const answer = spec.once
      ? await runNamed(deps.engine, { context, scope, route, bytes, json }, run)
      : await run(scope);
    return answer instanceof Response ? answer : context.json(answer, spec.status ?? 200);
  };
  for (const path of [spec.path, ...(spec.aliases ?? [])]) {
    app.on(spec.method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1'), handler);
  }
  document(app, spec);
}

/** A route without a body reads none, and refuses one that asks for what it cannot do. */
async function readBody(
  context: AppContext,
  { method, body, bodyBytesMax, requestType }: BodySpec,
  timeMs: number,
  turn: Turn,
): Promise<JsonBody> {
  if (body) return readJsonBody(context, bodyBytesMax ?? limits.bodyBytesMax, timeMs, turn);
  if (method === 'get' || requestType || !announcesBody(context)) {
    await turn();
    return noBody;
  }
  const { json } = await readJsonBody(context, limits.bodyBytesMax, timeMs, turn);
  parseNothing(json);
  return noBody;
}

type BodySpec = Pick<
  RouteSpec<unknown, unknown, unknown>,
  'method' | 'body' | 'bodyBytesMax' | 'requestType'
>;

function announcesBody({ req }: AppContext): boolean {
  const length = req.header('content-length') ?? '0';
  return length !== '0' || req.header('transfer-encoding') !== undefined;
}

const noBody: JsonBody = { bytes: new Uint8Array(), json: undefined };

/** The path with its parameters, the same for every spelling of the route. */
function pathOf(path: string, context: AppContext): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => context.req.param(name) ?? '');
}

function parser<T>(schema: z.ZodType<T> | undefined): (raw: unknown) => T {
  // A route without a schema declares the type as undefined, so there is nothing to check.
  if (!schema) return () => undefined as T;
  const known = knownFields(schema);
  return (raw) => {
    const result = schema.safeParse(raw);
    if (result.success) return result.data;
    throw errorFromIssues(result.error.issues, known);
  };
}

const parseNothing = parser(z.strictObject({}));

function knownFields(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function document<Body, Query, Params>(app: App, spec: RouteSpec<Body, Query, Params>): void {
  const { params, query } = spec;
  app.openAPIRegistry.registerPath({
    method: spec.method,
    path: spec.path,
    tags: [spec.tag],
    summary: spec.summary,
    security: [{ bearer: [] }],
    description: [spec.description, aliasNote(spec.aliases), needNote(spec.needs)]
      .filter(Boolean)
      .join('\n\n'),
    request: {
      ...(spec.body && {
        body: { required: true, content: { 'application/json': { schema: spec.body } } },
      }),
      ...(spec.requestType && {
        body: { required: true, content: { [spec.requestType]: { schema: z.string() } } },
      }),
      ...(query instanceof z.ZodObject && { query }),
      ...(params instanceof z.ZodObject && { params }),
      ...(spec.once && { headers: idempotencyHeaders }),
    },
    responses: {
      [spec.status ?? 200]: {
        description: 'Done.',
        content: { [spec.responseType ?? 'application/json']: { schema: spec.response } },
      },
      ...documentedErrors(spec),
    },
  });
}

function needNote(need: Need): string {
  if (need === 'key') return 'Any key may ask.';
  return need === 'admin' || need === 'operator'
    ? `Needs an ${need} key.`
    : `Needs the permission \`${need}\`.`;
}

function aliasNote(aliases: readonly string[] | undefined): string | undefined {
  return aliases?.length
    ? `Also at ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`
    : undefined;
}
