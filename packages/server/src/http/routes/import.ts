/** POST /v1/namespaces/{namespace}/import. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { parseLabel, parseNamespace } from '../../domain/names.ts';
import type { AppContext } from '../context.ts';
import { wireError } from '../errors.ts';
import { type ImportCounts, type ImportReport, runImport } from '../import/run-import.ts';
import { unpack } from '../import/unpack.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { jsonLines } from './export.ts';

const count = z.number().int();

const answerSchema = z
  .object({
    ok: z.boolean().openapi({ description: 'Every line was taken, and the file is whole.' }),
    namespace: z.string(),
    import_id: z.string(),
    lines: count,
    imported: count,
    replaced: count.openapi({ description: 'Of them, took the place of a fact that was there.' }),
    present: count.openapi({ description: 'Were there already.' }),
    failed: count,
    complete: z.boolean().openapi({ description: 'False for an export that was cut or changed.' }),
    errors: z
      .array(z.object({ line: count }).catchall(z.unknown()))
      .openapi({ description: `The first ${limits.importErrorsMax} refused lines.` }),
  })
  .openapi('Imported');

const importRoute = defineRoute({
  method: 'post',
  path: '/v1/namespaces/{namespace}/import',
  tag: 'Namespaces',
  needs: 'write',
  summary: 'Import JSON lines into a namespace',
  description:
    'Takes our own exports, Mem0 exports, files of the MCP memory server, and lines as ' +
    '`/v1/memory-set` takes them; gzip with `Content-Encoding`. Each memory comes in once: after ' +
    'a fault send the same file again, and only what is missing is stored. Lines without an id ' +
    'are told apart by `import_id` (made of the first line when absent), their number and their ' +
    'text. With `Accept: application/x-ndjson` the answer has a line of `progress` a batch, ' +
    'and at last `result` or `error`.',
  params: z.strictObject({ namespace: z.string() }),
  query: z.strictObject({ import_id: z.string().optional() }),
  requestType: jsonLines,
  response: answerSchema,
  handle: async ({ params, query, scope, context, setAside }, { engine, log, auditLog }) => {
    const namespace = parseNamespace(params.namespace);
    const given = query.import_id;
    const importId = given === undefined ? undefined : parseLabel(given, 'import_id');
    const body = bodyOf(context);
    await auditLog.add(scope.tenant, { actor: scope.actor, action: 'namespace.imported' });
    const run = (onProgress: (counts: Readonly<ImportCounts>) => void) =>
      runImport(body, {
        engine,
        scope,
        namespace,
        importId,
        nowMs: Date.now(),
        setAside,
        onProgress,
      }).then((report) => present(namespace, report));
    const wantsLines = context.req.header('accept')?.includes(jsonLines) ?? false;
    if (!wantsLines) return run(() => undefined);
    return progressAnswer(run, (err) => log.error({ err }, 'an import broke off'));
  },
});

/** Progress leaves while the body still comes in; who does not read it loses it, and no more. */
function progressAnswer(
  run: (onProgress: (counts: Readonly<ImportCounts>) => void) => Promise<unknown>,
  onFault: (error: unknown) => void,
): Response {
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (line: unknown) => {
        controller.enqueue(Buffer.from(`${JSON.stringify(line)}\n`));
      };
      try {
        const result = await run((counts) => {
          if ((controller.desiredSize ?? 0) > 0) send({ progress: counts });
        });
        send({ result });
      } catch (error) {
        onFault(error);
        const known = MemoryError.isInstance(error) ? error : new MemoryError('internal');
        send(wireError(known));
      }
      controller.close();
    },
  });
  return new Response(stream, { headers: { 'Content-Type': jsonLines } });
}

function present(namespace: string, report: ImportReport) {
  const { importId, refused, ...counts } = report;
  return {
    ok: counts.failed === 0 && counts.complete,
    namespace,
    import_id: importId,
    ...counts,
    errors: refused.map(({ line, error }) => ({ line, ...wireError(error).error })),
  };
}

/** Throws invalid_request for an encoding that is not known. */
function bodyOf(context: AppContext): AsyncIterable<Uint8Array> {
  const encoding = context.req.header('content-encoding') ?? 'identity';
  const body = received(context.req.raw);
  if (encoding === 'identity') return body;
  if (encoding === 'gzip') {
    const { importUnpackedRatioMax: ratioMax, importUnpackedBytesFree: bytesFree } = limits;
    return unpack(body, { ratioMax, bytesFree });
  }
  const message = 'Content-Encoding must be gzip or absent.';
  throw new MemoryError('invalid_request', message, { details: { field: 'content-encoding' } });
}

async function* received({ body }: Request): AsyncGenerator<Uint8Array, void, undefined> {
  if (!body) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw new MemoryError('invalid_request', 'The request ended before its body did.', { cause });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

export const importRoutes: readonly Mountable[] = [importRoute];
