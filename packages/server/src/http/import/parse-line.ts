/** From one line of a file to what it says: a header, an end, memories, or why it is refused. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { ImportItem } from '../../engine/import/import-item.ts';
import { nestsDeeper } from '../../util/json-depth.ts';
import { mcpItems, parseMcpLine } from '../compat/mcp-line.ts';
import { mem0Fields, mem0Item, parseMem0Line } from '../compat/mem0-line.ts';
import { errorFromIssues } from '../errors.ts';
import { storeBodySchema } from '../schemas.ts';
import { storeInput } from '../store-input.ts';
import { type LineSource, lineIdentity } from './line-source.ts';
import { endSchema, headerSchema, ownFields, ownItem, parseOwnLine } from './own-line.ts';

export type ParsedLine =
  | { readonly kind: 'header'; readonly format: number; readonly namespace: string }
  | { readonly kind: 'end'; readonly count: number; readonly sha256: string }
  | { readonly kind: 'items'; readonly items: readonly ImportItem[]; readonly isOwn: boolean };

/** In a line of an export a value stands one level deeper than in a store, its history two more. */
const depthMax = limits.jsonDepthMax + 3;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const storeFields = Object.keys(storeBodySchema.shape);

/** Throws a coded error for a line that says none of it. */
export function parseLine(source: LineSource): ParsedLine {
  const raw = readJson(source.bytes);
  if ('reverie_export' in raw) {
    return { kind: 'header', ...checked(headerSchema.safeParse(raw)).reverie_export };
  }
  if ('reverie_export_end' in raw) {
    return { kind: 'end', ...checked(endSchema.safeParse(raw)).reverie_export_end };
  }
  const isOwn = 'value' in raw && typeof raw.id === 'string' && raw.id.startsWith('mem_');
  return { kind: 'items', items: isOwn ? [own(raw, source)] : foreign(raw, source), isOwn };
}

function own(raw: Record<string, unknown>, source: LineSource): ImportItem {
  return ownItem(checked(parseOwnLine(raw), ownFields), source);
}

function foreign(raw: Record<string, unknown>, source: LineSource): ImportItem[] {
  const hasValue = 'value' in raw;
  if (!hasValue && (raw.type === 'entity' || raw.type === 'relation')) {
    return mcpItems(checked(parseMcpLine(raw)), source);
  }
  if (!hasValue && typeof raw.memory === 'string') {
    return [mem0Item(checked(parseMem0Line(raw), mem0Fields), source)];
  }
  const body = checked(storeBodySchema.safeParse(raw), storeFields);
  if (body.if_version !== undefined) {
    const message = 'A line of an import cannot depend on a version.';
    throw new MemoryError('invalid_request', message, { details: { field: 'if_version' } });
  }
  const { namespace, input } = storeInput(body, source.namespace, source.nowMs);
  if (namespace !== source.namespace) {
    const message = 'The line names another namespace than the one that is imported into.';
    throw new MemoryError('invalid_request', message, { details: { field: 'namespace' } });
  }
  const identity = lineIdentity(source, input.occurredAt);
  return [{ line: source.line, identity, input, imported: { from: 'file' } }];
}

function readJson(bytes: Uint8Array): Record<string, unknown> {
  if (nestsDeeper(bytes, depthMax)) throw new MemoryError('json_too_deep');
  if (bytes.find((byte) => byte !== 0x20) === 0x5b) {
    const message =
      'This is a list: an import takes one JSON object a line, as "jq -c .[]" writes.';
    throw new MemoryError('invalid_json', message);
  }
  let raw: unknown;
  try {
    raw = JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message.slice(0, 120) : 'it is not UTF-8';
    throw new MemoryError('invalid_json', `The line is not valid JSON: ${reason}`, { cause });
  }
  const read = z.record(z.string(), z.unknown()).safeParse(raw);
  if (read.success) return read.data;
  throw new MemoryError('invalid_json', 'The line is not a JSON object.');
}

function checked<T>(result: z.ZodSafeParseResult<T>, known: readonly string[] = []): T {
  if (result.success) return result.data;
  throw errorFromIssues(result.error.issues, known);
}
