/** docs/openapi.json as the fuzzer reads it: what may be sent where, and what may come back. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { field, listField, textField } from '../lib/json.ts';

export interface Operation {
  /** Upper case. */
  readonly method: string;
  /** As in the document: /v1/memory/{id}. */
  readonly path: string;
  readonly queryNames: readonly string[];
  readonly takesKey: boolean;
  /** JSON schema of the body; undefined where there is none. */
  readonly body: unknown;
  /** Media type of a body that is no JSON. */
  readonly requestType: string | undefined;
  readonly statuses: ReadonlySet<number>;
  /** Of a JSON answer that is no error. */
  readonly fits: ValidateFunction | undefined;
}

export interface ApiDocument {
  readonly operations: readonly Operation[];
  /** Follows references. */
  resolve(schema: unknown): unknown;
  /** The statuses of docs/errors.md by code. */
  readonly codes: ReadonlyMap<string, number>;
}

// The same depth from src (vitest) and from dist.
const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));

export function readDocument(): ApiDocument {
  const document: unknown = JSON.parse(readFileSync(`${docs}openapi.json`, 'utf8'));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'api', ...asObject(document) });
  const operations = Object.entries(asObject(field(document, 'paths'))).flatMap(([path, methods]) =>
    Object.entries(asObject(methods)).map(([method, operation]) =>
      operationOf(ajv, method, path, operation),
    ),
  );
  const table = readFileSync(`${docs}errors.md`, 'utf8');
  const rows = table.matchAll(/^\| `(\w+)` \| (\d+) \|/gm);
  const codes = new Map([...rows].map(([, code, status]) => [String(code), Number(status)]));
  const resolve = (schema: unknown): unknown => {
    const ref = textField(schema, '$ref');
    return ref === undefined ? schema : resolve(at(document, ref.split('/').slice(1)));
  };
  return { operations, resolve, codes };
}

function operationOf(ajv: Ajv2020, method: string, path: string, operation: unknown): Operation {
  const parameters = listField(operation, 'parameters');
  const contents = asObject(field(field(operation, 'requestBody'), 'content'));
  const json = field(contents['application/json'], 'schema');
  const statuses = Object.keys(asObject(field(operation, 'responses')));
  const done = statuses.find((status) => status.startsWith('2')) ?? '200';
  const steps = ['paths', path, method, 'responses', done, 'content', 'application/json'];
  const answer = at(operation, steps.slice(3));
  const pointer = [...steps, 'schema'].map(escapePointer).join('/');
  return {
    method: method.toUpperCase(),
    path,
    queryNames: parameters
      .filter((parameter) => field(parameter, 'in') === 'query')
      .map((parameter) => textField(parameter, 'name') ?? ''),
    takesKey: parameters.some((parameter) => field(parameter, 'in') === 'header'),
    body: json,
    requestType: Object.keys(contents).find((type) => type !== 'application/json'),
    statuses: new Set(statuses.map(Number)),
    fits: answer === undefined ? undefined : ajv.compile({ $ref: `api#/${pointer}` }),
  };
}

function escapePointer(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function at(value: unknown, steps: readonly string[]): unknown {
  return steps.reduce((found, step) => field(found, step), value);
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
