/** Errors as the wire shows them: one shape, one table, no causes. */
import type { z } from '@hono/zod-openapi';
import { errorTable, MemoryError } from '../domain/errors.ts';
import { nearestName } from '../util/nearest-name.ts';
import type { AppContext } from './context.ts';

export interface WireError {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly details?: Record<string, unknown>;
  };
}

export function wireError(error: MemoryError): WireError {
  const { code, message, details } = error;
  return { error: { code, message, hint: errorTable[code].hint, ...(details && { details }) } };
}

export function errorResponse(context: AppContext, error: MemoryError): Response {
  if (error.status === 401) context.header('WWW-Authenticate', 'Bearer');
  if (error.retryable) {
    const seconds = error.details?.retry_after;
    context.header('Retry-After', typeof seconds === 'number' ? String(seconds) : '1');
  }
  return context.json(wireError(error), error.status);
}

/** A failed schema as a coded error that names the field, and for a misspelt one the nearest. */
export function errorFromIssues(issues: readonly z.core.$ZodIssue[], known: readonly string[]) {
  const issue = issues[0];
  const field = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    const name = String(issue.keys[0]);
    const nearest = field === '' ? nearestName(name, known) : undefined;
    const hint = nearest ? ` Did you mean "${nearest}"?` : '';
    const path = field === '' ? name : `${field}.${name}`;
    return new MemoryError('unknown_field', `"${path}" is not a known field.${hint}`, {
      details: { field: path, ...(nearest && { nearest }) },
    });
  }
  const told = issue?.code === 'invalid_type' ? 'A JSON object is expected.' : issue?.message;
  const message = field === '' ? told : `${field}: ${issue?.message}`;
  return new MemoryError('invalid_request', message, { details: { field } });
}
