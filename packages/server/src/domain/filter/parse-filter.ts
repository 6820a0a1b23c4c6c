/** Reads the filter language of the wire: JSON into a checked tree, or a coded error. */
import { nearestName } from '../../util/nearest-name.ts';
import { MemoryError } from '../errors.ts';
import { limits } from '../limits.ts';
import { type Filter, filterFields, metadataPrefix } from './filter.ts';
import { operatorNames, parseTest } from './parse-test.ts';

const combinators = ['AND', 'OR', 'NOT'];
/** Kept with the metadata by a store, and asked for without the prefix by other systems. */
const metadataAliases = ['agent_id', 'run_id'];
const knownNames = [...Object.keys(filterFields), ...metadataAliases, 'metadata', ...combinators];

/** Where in the filter something stands: names and places, for a JSON pointer. */
type Path = readonly (string | number)[];

interface Counter {
  clauses: number;
}

/**
 * Undefined for the empty filter `{}`. Throws invalid_filter naming the path of what is wrong and
 * the nearest name of a misspelt one. Whatever the JSON is, the work is bounded.
 */
export function parseFilter(json: unknown): Filter | undefined {
  if (isObject(json) && Object.keys(json).length === 0) return undefined;
  return parseGroup(json, [], 1, { clauses: 0 });
}

/** Sibling keys are ANDed. */
function parseGroup(json: unknown, path: Path, depth: number, counter: Counter): Filter {
  if (!isObject(json)) fail(path, 'must be an object with conditions');
  if (depth > limits.filterDepthMax) {
    fail(path, `is nested deeper than ${limits.filterDepthMax} levels`);
  }
  const parts: Filter[] = [];
  for (const [name, value] of Object.entries(json)) {
    const at = [...path, name];
    if (combinators.includes(name)) parts.push(parseCombined(name, value, at, depth, counter));
    else parts.push(...parseField(name, value, at, counter));
  }
  return joined('and', parts, path);
}

function parseCombined(
  name: string,
  value: unknown,
  path: Path,
  depth: number,
  counter: Counter,
): Filter {
  const single = name === 'NOT' && isObject(value);
  const list = single ? [value] : value;
  if (!Array.isArray(list)) fail(path, 'must be a list of conditions');
  const parts = list.map((part: unknown, i) =>
    parseGroup(part, single ? path : [...path, i], depth + 1, counter),
  );
  if (name !== 'NOT') return joined(name === 'AND' ? 'and' : 'or', parts, path);
  return { op: 'not', of: joined('or', parts, path) };
}

function joined(op: 'and' | 'or', parts: readonly Filter[], path: Path): Filter {
  const [first] = parts;
  // An empty OR would match nothing and an empty AND everything: neither can be meant.
  if (first === undefined) fail(path, 'has no condition');
  return parts.length === 1 ? first : { op, of: parts };
}

/** `metadata: {plan: ...}` is `metadata.plan` written apart. */
function parseField(name: string, value: unknown, path: Path, counter: Counter): Filter[] {
  if (name === 'metadata') {
    if (!isObject(value)) fail(path, 'must be an object: names of metadata with conditions');
    const entries = Object.entries(value);
    if (entries.length === 0) fail(path, 'has no condition');
    return entries.flatMap(([key, condition]) =>
      parseConditions(metadataPrefix + key, condition, [...path, key], counter),
    );
  }
  if (metadataAliases.includes(name)) {
    return parseConditions(metadataPrefix + name, value, path, counter);
  }
  const isPath = name.startsWith(metadataPrefix) && name.length > metadataPrefix.length;
  if (!isPath && !Object.hasOwn(filterFields, name)) {
    if (name === 'user_id' || name === 'namespace') {
      fail(path, 'names the namespace: send it beside the filter');
    }
    fail(path, 'is no field', nearestName(name, knownNames));
  }
  return parseConditions(name, value, path, counter);
}

/** A plain value is `eq`; several operators of one field are ANDed. */
function parseConditions(field: string, value: unknown, path: Path, counter: Counter): Filter[] {
  if (field.length > limits.filterPathCharsMax) {
    fail(path, `is longer than ${limits.filterPathCharsMax} characters`);
  }
  const conditions: [string, unknown, Path][] = isObject(value)
    ? Object.entries(value).map(([operator, operand]) => [operator, operand, [...path, operator]])
    : [['eq', value, path]];
  if (conditions.length === 0) fail(path, 'has no operator', undefined, operatorNames);
  return conditions.map(([operator, operand, at]) => {
    counter.clauses += 1;
    if (counter.clauses > limits.filterClausesMax) {
      fail([], `has more than ${limits.filterClausesMax} clauses`);
    }
    return parseTest(field.normalize('NFC'), operator, operand, (message, nearest) =>
      fail(at, message, nearest),
    );
  });
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Long names are cut in the message, never in the details' pointer. */
function fail(path: Path, problem: string, nearest?: string, known?: readonly string[]): never {
  const pointer = path.map((step) => `/${escaped(String(step))}`).join('');
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  const list = known === undefined ? '' : ` Known are ${known.join(', ')}.`;
  const shown = pointer.length > shownCharsMax ? `${pointer.slice(0, shownCharsMax)}...` : pointer;
  throw new MemoryError('invalid_filter', `filter${shown} ${problem}.${hint}${list}`, {
    details: { field: 'filter', path: pointer, ...(nearest !== undefined && { nearest }) },
  });
}

const shownCharsMax = 200;

/** RFC 6901. */
function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
