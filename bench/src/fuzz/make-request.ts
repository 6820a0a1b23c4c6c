/** The requests of the fuzzer: right ones, nearly right ones, and some made to break something. */
import { integer, pick, type Random } from '../lib/random.ts';
import type { Operation } from './document.ts';
import { anyFilter, hostileText, hostileValue, toJson } from './hostile.ts';
import { nearly, type SampleWorld, sample, sentence } from './sample.ts';
import { spoil } from './spoil.ts';

export interface WireRequest {
  readonly method: string;
  readonly target: string;
  /** Lines without their ends. */
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
}

/** As it goes over the wire. */
export interface Made {
  readonly kind: 'right' | 'nearly' | 'hostile';
  /** Undefined where the request is for no route of the document any more. */
  readonly operation: Operation | undefined;
  readonly chunks: readonly Buffer[];
  /** The sender goes away afterwards: no answer is no fault. */
  readonly ends: boolean;
  readonly isHead: boolean;
}

export interface Keys {
  readonly root: string;
  readonly admin: string;
  readonly narrow: string;
  readonly revoked: string;
}

export function makeRequest(
  world: SampleWorld,
  keys: Keys,
  operations: readonly Operation[],
): Made {
  const { random } = world;
  const operation = pick(random, operations);
  const share = random();
  const kind = share < 0.4 ? 'right' : share < 0.7 ? 'nearly' : 'hostile';
  const request: WireRequest = {
    method: operation.method,
    target: targetOf(world, operation, kind !== 'right'),
    headers: headersOf(world, keys, operation),
    body: bodyOf(world, operation, kind !== 'right'),
  };
  if (kind === 'hostile') return { kind, ...spoil(random, request, operation) };
  return { kind, operation, chunks: [encode(request)], ends: false, isHead: false };
}

function targetOf(world: SampleWorld, operation: Operation, isWrong: boolean): string {
  const { random, known } = world;
  const { path } = operation;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (isWrong && random() < 0.2) return encodePart(hostileText(random).slice(0, 900));
    const isName = name === 'namespace';
    const value = isName ? pick(random, known.namespaces) : known.id(random, idKind(path));
    return encodeURIComponent(value);
  });
  const names = operation.queryNames.filter(
    (name) => random() < (name === 'query' || name === 'confirm' ? 0.9 : 0.2),
  );
  if (isWrong && random() < 0.2) names.push(hostileText(random).slice(0, 100));
  const pairs = names.flatMap((name) => {
    const value = queryValue(world, name, isWrong);
    const pair = `${encodePart(name)}=${encodePart(value)}`;
    return isWrong && random() < 0.1 ? [pair, pair] : [pair];
  });
  return pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`;
}

/** What the ids of a path begin with. */
function idKind(path: string): string {
  if (path.includes('snapshot') || path.includes('/memory/restore')) return 'snap';
  if (path.includes('/tenants')) return 'tnt';
  if (path.includes('/keys')) return 'key';
  return path.includes('/forget') ? 'fgt' : 'mem';
}

function queryValue({ random, known }: SampleWorld, name: string, isWrong: boolean): string {
  if (isWrong && random() < 0.4) {
    return random() < 0.5 ? hostileText(random) : toJson(hostileValue(random)).slice(0, 4_000);
  }
  if (name === 'namespace') return pick(random, known.namespaces);
  if (/^filters?$/.test(name)) return toJson(anyFilter(random));
  if (/cursor|after$/.test(name)) return known.cursor(random);
  if (/limit|top_k|count|seconds/.test(name)) return String(integer(random, 1, 60));
  if (/_at$|_of$|date|after|before|timestamp|reference_time/.test(name)) return '2026-05-08';
  if (name === 'query') return sentence(random);
  if (/confirm|dry_run|history|explain/.test(name)) return pick(random, ['true', 'true', 'false']);
  if (name === 'format') return pick(random, ['jsonl', 'array']);
  if (name === 'kind') return 'fact';
  if (name === 'order') return 'asc';
  return pick(random, ['true', 'false', 'asc', 'desc', 'array', 'fact', '0.4', 'key 1', 'a']);
}

function headersOf({ random, known }: SampleWorld, keys: Keys, operation: Operation): string[] {
  const lines = ['Host: 127.0.0.1'];
  const isOperators = /\/admin\/|\/metrics/.test(operation.path);
  const key = isOperators && random() < 0.7 ? keys.root : keyOf(random, keys, known.keys);
  if (key !== undefined) {
    lines.push(random() < 0.9 ? `Authorization: Bearer ${key}` : `X-API-Key: ${key}`);
  }
  if (operation.body !== undefined) lines.push('Content-Type: application/json');
  if (operation.requestType !== undefined) lines.push(`Content-Type: ${operation.requestType}`);
  if (operation.takesKey && random() < 0.2) {
    lines.push(`Idempotency-Key: name-${integer(random, 1, 40)}`);
  }
  return lines;
}

function keyOf(random: Random, keys: Keys, made: readonly string[]): string | undefined {
  const share = random();
  if (share < 0.6) return keys.admin;
  if (share < 0.74) return keys.root;
  if (share < 0.84) return keys.narrow;
  if (share < 0.92 && made.length > 0) return pick(random, made);
  return share < 0.96 ? keys.revoked : undefined;
}

function bodyOf(world: SampleWorld, operation: Operation, isWrong: boolean): Buffer | undefined {
  const { random } = world;
  if (operation.requestType !== undefined) return Buffer.from(lines(world, isWrong));
  if (operation.body === undefined) return undefined;
  const body = sample(world, operation.body);
  return Buffer.from(toJson(isWrong ? nearly(random, body) : body));
}

/** A file to import. */
function lines({ random }: SampleWorld, isWrong: boolean): string {
  const line = (n: number): string => {
    if (isWrong && random() < 0.4) return toJson(hostileValue(random)).slice(0, 20_000);
    const text = sentence(random);
    return pick(random, [
      JSON.stringify({ id: `line-${n}`, memory: text, user_id: 'a' }),
      JSON.stringify({ type: 'entity', name: `n${n}`, entityType: 'x', observations: [text] }),
      JSON.stringify({ value: text, key: `imported ${n}`, tags: ['a'] }),
      '',
    ]);
  };
  return Array.from({ length: integer(random, 0, 8) }, (_, n) => line(n)).join('\n');
}

export function encode({ method, target, headers, body }: WireRequest): Buffer {
  const length = body === undefined ? [] : [`Content-Length: ${body.length}`];
  const head = [`${method} ${target} HTTP/1.1`, ...headers, ...length].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body ?? Buffer.alloc(0)]);
}

/** As `encodeURIComponent`, which refuses half a surrogate pair. */
export function encodePart(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
