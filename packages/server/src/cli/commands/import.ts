/** `reverie import`: a file of JSON lines into a namespace; run again, it does what is left. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { type ImportResult, ReverieError } from '@reverie/sdk';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { exitCodes, UsageError } from '../failure.ts';
import { countOf, json, plain } from '../output.ts';
import { createProgress } from '../progress.ts';

interface ImportOptions extends ConnectionOptions {
  readonly importId?: string;
}

export function importCommand(context: CliContext, exit: (code: number) => void): Command {
  const command = new Command('import')
    .description('bring in a file of JSON lines: an export, one of Mem0, of an MCP memory server')
    .argument('<file>', 'the file, as it is or compressed by gzip')
    .option('--import-id <name>', 'tells files apart whose lines have no ids');
  return withConnection(command).action(async (path: string, options: ImportOptions) => {
    const gzip = await isGzip(path);
    const progress = createProgress((text) => context.err(text));
    const source = ReadableStream.from<Uint8Array>(createReadStream(path));
    const { importId } = options;
    const onProgress = (counts: ImportCounts) => progress.tell(() => `${told(counts)}\n`);
    const input = { importId, gzip, onProgress };
    const result = await connect(options, context)
      .importNamespace(source, input)
      .catch((error: unknown) => {
        throw ReverieError.isInstance(error) ? withAdvice(error) : error;
      });
    if (!result.ok) exit(exitCodes.failed);
    if (options.json) return context.out(json(result));
    for (const { line, code, message } of result.errors) {
      context.err(`line ${line}: ${code}: ${plain(message)}\n`);
    }
    context.out(`${told(result)} in ${plain(result.namespace)}\n`);
  });
}

type ImportCounts = Pick<ImportResult, 'lines' | 'imported' | 'present' | 'failed' | 'replaced'>;

function told({ lines, imported, present, failed, replaced }: ImportCounts): string {
  const parts = [
    `${countOf(lines, 'line', 'lines')}: ${imported} stored`,
    replaced > 0 ? `${replaced} of them in place of a fact` : '',
    present > 0 ? `${present} there already` : '',
    failed > 0 ? `${failed} refused` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** By its first two bytes (RFC 1952); the name may say anything. */
async function isGzip(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer } = await file.read({ buffer: Buffer.alloc(2) });
      return buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await file.close();
    }
  } catch {
    throw new UsageError(`${path} cannot be read.`);
  }
}

/** The file itself is refused; an answer that had begun cannot tell it by its status. */
const refusals: ReadonlySet<string> = new Set([
  'too_many_items',
  'invalid_request',
  'body_too_large',
]);

/** Whatever else broke it off, the way on is the same. */
function withAdvice(error: ReverieError): ReverieError {
  const { code, message, status, details, cause } = error;
  if (refusals.has(code) || (status >= 400 && status < 500)) return error;
  const hint = 'Run the same command again: what is stored is known, and only the rest is done.';
  return new ReverieError(code, message, { status, details, cause, hint });
}
