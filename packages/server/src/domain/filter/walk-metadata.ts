/** The values of a metadata object by their paths: what filters can ask for. */
import type { JsonValue } from '../memory.ts';

export interface MetadataVisitor {
  /** Something that is not null stands at the path. */
  readonly value: (
    path: readonly string[],
    value: string | number | boolean,
    inList: boolean,
  ) => void;
  /** An object or a list stands at the path, empty ones too. */
  readonly nested: (path: readonly string[]) => void;
}

/** A list is its elements, each at the path of the list. Null is the same as nothing. */
export function walkMetadata(metadata: JsonValue, visitor: MetadataVisitor): void {
  walk(metadata, [], false, visitor);
}

function walk(value: JsonValue, path: string[], inList: boolean, visitor: MetadataVisitor): void {
  if (value === null) return;
  if (typeof value !== 'object') {
    visitor.value(path, value, inList);
    return;
  }
  if (path.length > 0) visitor.nested(path);
  if (Array.isArray(value)) {
    for (const element of value) walk(element, path, true, visitor);
    return;
  }
  for (const [name, child] of Object.entries(value)) {
    path.push(name);
    walk(child, path, false, visitor);
    path.pop();
  }
}
