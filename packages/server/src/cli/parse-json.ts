/** Reads a JSON object from the command line. Throws UsageError, which names the option. */
import type { JsonObject } from '@reverie/sdk';
import { UsageError } from './failure.ts';

export function jsonObject(option: string, text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as JsonObject;
    }
  } catch {
    // The message below says what is needed.
  }
  throw new UsageError(`${option} needs a JSON object, for example '{"plan":"pro"}'.`);
}
