/** Which errors a route may answer with, as the OpenAPI document tells them: by status. */
import { z } from '@hono/zod-openapi';
import { operationOf } from '../access/operations.ts';
import type { Need } from '../access/principal.ts';
import { errorTable } from '../domain/errors.ts';
import type { App } from './route.ts';

export type ErrorStatus = (typeof errorTable)[keyof typeof errorTable]['status'];

export interface ErrorSource {
  readonly method: string;
  readonly path: string;
  readonly needs: Need;
  readonly params?: unknown;
  readonly once?: true;
  /** Statuses of errors of its own, beside those that follow from what it is. */
  readonly alsoAnswers?: readonly ErrorStatus[];
}

const errorSchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      hint: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
  })
  .openapi('Error');

/** A bug is answered with 500; it is in no document. */
export function documentedErrors(source: ErrorSource) {
  const entries = [...statusesOf(source)].sort().map((status) => {
    return [status, { $ref: `#/components/responses/${nameOf(status)}` }] as const;
  });
  return Object.fromEntries(entries);
}

/** What {@link documentedErrors} refers to. */
export function registerErrors(registry: App['openAPIRegistry']): void {
  registry.register('Error', errorSchema);
  const statuses = new Set(Object.values(errorTable).map(({ status }) => status));
  for (const status of [...statuses].sort()) {
    registry.registerComponent('responses', nameOf(status), {
      description: codesOf(status),
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    });
  }
}

const nameOf = (status: ErrorStatus): string => `Error${status}`;

function statusesOf({ method, path, needs, params, once, alsoAnswers = [] }: ErrorSource) {
  const operation = operationOf(`${method} ${path}`, needs);
  return new Set<ErrorStatus>([
    // 408 and 431: of the headers.
    ...([400, 401, 403, 408, 431, 503] as const),
    ...(path.startsWith('/v1/') ? ([429] as const) : []),
    // A body is read, or refused where there should be none.
    ...(method === 'get' ? [] : ([413] as const)),
    ...(operation === undefined || operation.isAlwaysAllowed ? [] : ([402] as const)),
    ...(params === undefined ? [] : ([404] as const)),
    ...(once ? ([409, 422] as const) : []),
    ...alsoAnswers,
  ]);
}

function codesOf(status: ErrorStatus): string {
  const codes = Object.entries(errorTable).flatMap(([code, kind]) =>
    kind.status === status ? [`\`${code}\``] : [],
  );
  return codes.join(', ');
}
