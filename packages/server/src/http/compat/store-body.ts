/** Spellings of other memory APIs that a store accepts, translated to our words. */
import type { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import type { JsonValue } from '../../domain/memory.ts';
import type { messageSchema } from '../schemas.ts';

type Message = z.infer<typeof messageSchema>;

/** Names under which a value may come; exactly one of them must. */
export const valueNames = ['value', 'content', 'message', 'memory', 'messages'] as const;

type ValueFields = {
  readonly [name in Exclude<(typeof valueNames)[number], 'messages'>]?: JsonValue | undefined;
} & { readonly messages?: readonly Message[] | undefined };

/** Throws invalid_request when there is no value, or more than one. */
export function valueFrom(fields: ValueFields): JsonValue {
  const given = valueNames.filter((name) => fields[name] !== undefined);
  const [name, second] = given;
  if (name === undefined) {
    throw new MemoryError('invalid_request', 'A value is required.', {
      details: { field: 'value' },
    });
  }
  if (second !== undefined) {
    const message = `Send either ${name} or ${second}, not both.`;
    throw new MemoryError('invalid_request', message, { details: { field: second } });
  }
  if (name === 'messages') return transcriptOf(fields.messages ?? []);
  return fields[name] ?? null;
}

/** One text with a labelled line per message: the form that the guides store. */
function transcriptOf(messages: readonly Message[]): string {
  return messages.map(({ role, content }) => `${labelOf(role)}: ${content}`).join('\n');
}

function labelOf(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}

/** `user_id` is the namespace of systems that isolate by user. */
export function namespaceFrom(fields: {
  namespace?: string | undefined;
  user_id?: string | undefined;
}): string | undefined {
  const { namespace, user_id } = fields;
  return onlyOne({ namespace, user_id });
}

/** The value of a field with two names. Throws invalid_request when they differ. */
export function onlyOne<T>(spellings: Readonly<Record<string, T | undefined>>): T | undefined {
  const given = Object.entries(spellings).filter(([, value]) => value !== undefined);
  const [first, second] = given;
  if (first && second && first[1] !== second[1]) {
    const message = `Send either ${first[0]} or ${second[0]}, not both.`;
    throw new MemoryError('invalid_request', message, { details: { field: second[0] } });
  }
  return first?.[1];
}
