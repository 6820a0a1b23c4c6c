/** Namespaces as files, out line by line and in again; and the whole store as one file. */

import type { CallOptions } from './client-types.ts';
import { ReverieError } from './errors.ts';
import * as from from './from-wire.ts';
import type { JsonObject } from './json-types.ts';
import { search, segment } from './path.ts';
import { objectFrom } from './read-wire.ts';
import type { ExportInput, ImportInput, ImportResult } from './transfer-types.ts';
import { type StreamBody, sendStream, type TransportSettings } from './transport.ts';

const jsonLines = 'application/x-ndjson';

/** A stream has no time limit. */
type StreamOptions = Pick<CallOptions, 'signal'>;

export interface TransferCalls {
  /**
   * A namespace as JSON lines, as they come in. Without the last line, `reverie_export_end`, it was
   * cut.
   */
  exportNamespace(input?: ExportInput, options?: StreamOptions): AsyncIterable<Uint8Array>;
  /**
   * Brings in a file of JSON lines; each memory once, however often the file is sent. A refused
   * line is no rejection: `ok`, `failed` and `complete` tell.
   */
  importNamespace(
    source: StreamBody,
    input?: ImportInput,
    options?: StreamOptions,
  ): Promise<ImportResult>;
  /**
   * A backup of the whole store, a tar archive as it comes in. Without SHA256SUMS at its end it
   * was cut; `reverie restore` makes a data folder of it.
   */
  backup(options?: StreamOptions): AsyncIterable<Uint8Array>;
}

export function transferCalls(
  settings: TransportSettings,
  namespace: string | undefined,
): TransferCalls {
  const within = <T extends { namespace?: string | undefined }>(input: T): T => ({
    ...input,
    namespace: input.namespace ?? namespace,
  });
  return {
    exportNamespace: (input = {}, each) => exportNamespace(settings, within(input), each),
    importNamespace: (source, input = {}, each) =>
      importNamespace(settings, source, within(input), each),
    backup: ({ signal } = {}) =>
      sendStream(settings, { method: 'POST', path: '/v1/admin/backup', signal }),
  };
}

function exportNamespace(
  settings: TransportSettings,
  { namespace, history, after }: ExportInput,
  { signal }: StreamOptions = {},
): AsyncIterable<Uint8Array> {
  const query = search({ history: history === true ? 'true' : undefined, after });
  const path = `${pathOf(namespace)}/export${query}`;
  return sendStream(settings, { method: 'GET', path, signal });
}

async function importNamespace(
  settings: TransportSettings,
  source: StreamBody,
  { namespace, importId, gzip, onProgress }: ImportInput,
  { signal }: StreamOptions = {},
): Promise<ImportResult> {
  const path = `${pathOf(namespace)}/import${search({ import_id: importId })}`;
  const headers = {
    'content-type': jsonLines,
    accept: jsonLines,
    ...(gzip && { 'content-encoding': 'gzip' }),
  };
  const answer = sendStream(settings, { method: 'POST', path, headers, body: source, signal });
  for await (const line of objectLines(answer)) {
    if (isObject(line.progress)) onProgress?.(from.importProgressFrom(line.progress));
    if (isObject(line.result)) return from.importFrom(line.result);
    if (isObject(line.error)) throw failureOf(line.error);
  }
  throw new ReverieError('network_error', 'The answer ended before the import did.', {
    retryable: true,
  });
}

function pathOf(namespace = 'default'): string {
  return `/v1/namespaces/${segment(namespace)}`;
}

async function* objectLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<JsonObject> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of source) {
    text += decoder.decode(part, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) yield read(line);
  }
}

function read(line: string): JsonObject {
  try {
    return objectFrom(JSON.parse(line), 'progress');
  } catch (cause) {
    throw new ReverieError('invalid_response', 'The answer is not JSON lines.', { cause });
  }
}

/** The import broke off on the server: what it had stored is in the details. */
function failureOf({ code, message, hint, details }: JsonObject): ReverieError {
  return new ReverieError(String(code), String(message), {
    ...(typeof hint === 'string' && { hint }),
    ...(isObject(details) && { details }),
  });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
