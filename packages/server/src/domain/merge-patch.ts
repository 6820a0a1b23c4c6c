/** JSON Merge Patch (RFC 7396) on metadata: what is not named stays, null removes. Pure. */
import type { JsonObject, JsonValue } from './memory.ts';

/** A new object; neither of the two is changed. Names like `__proto__` are data as any other. */
export function mergePatch(current: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(current));
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) merged.delete(name);
    else merged.set(name, patched(merged.get(name), change));
  }
  // fromEntries defines own properties.
  return Object.fromEntries(merged);
}

function patched(current: JsonValue | undefined, change: JsonValue): JsonValue {
  if (!isObject(change)) return change;
  return mergePatch(isObject(current) ? current : {}, change);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
