/** Reads a file of memories line by line and imports it batch by batch. */
import { createHash, type Hash } from 'node:crypto';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ImportItem, ImportOutcome } from '../../engine/import/import-item.ts';
import type { Scope } from '../../engine/scope.ts';
import { type Line, splitLines } from '../../util/split-lines.ts';
import { createTurns } from '../../util/turns.ts';
import { exportFormat } from '../export-lines.ts';
import type { SetAside } from '../metering.ts';
import type { LineSource } from './line-source.ts';
import { type ParsedLine, parseLine } from './parse-line.ts';

export interface ImportCounts {
  /** Read so far. */
  lines: number;
  /** Stored by this import; of them `replaced` took the place of a fact. */
  imported: number;
  replaced: number;
  /** Stored before, by an earlier try or because they come from this namespace. */
  present: number;
  /** Lines and memories that were refused. */
  failed: number;
}

export interface RefusedLine {
  readonly line: number;
  readonly error: MemoryError;
}

export interface ImportReport extends ImportCounts {
  /** Given, or made of the first line. */
  readonly importId: string;
  /** False where an export's last line is missing or does not fit what came before it. */
  readonly complete: boolean;
  /** The first of them. */
  readonly refused: readonly RefusedLine[];
}

export interface ImportOptions {
  readonly engine: Engine;
  readonly scope: Scope;
  readonly namespace: NamespaceName;
  readonly importId: string | undefined;
  readonly nowMs: number;
  /** Of the quota: what does not come in is given back. */
  readonly setAside: SetAside;
  onProgress(counts: Readonly<ImportCounts>): void;
}

/**
 * Throws when it cannot go on (disk full, the sender went away), with the counts in the details:
 * what was committed stays, and the same file again goes on behind it.
 */
export async function runImport(
  source: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<ImportReport> {
  const run = new ImportRun(options);
  const turns = createTurns(options.scope.tenant);
  try {
    for await (const line of splitLines(source, limits.importLineBytesMax)) {
      if (turns.due()) await turns.next();
      await run.take(line);
    }
    return await run.finish();
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    const { code, message, details, cause } = error;
    throw new MemoryError(code, message, { details: { ...details, ...run.counts }, cause });
  }
}

/** What was read since a header, for the proof at its end. */
interface Section {
  readonly hash: Hash;
  memories: number;
}

class ImportRun {
  readonly counts: ImportCounts = { lines: 0, imported: 0, replaced: 0, present: 0, failed: 0 };
  readonly #options: ImportOptions;
  readonly #refused: RefusedLine[] = [];
  #importId: string | undefined;
  #from = 'reverie';
  #section: Section | undefined;
  #complete = true;
  #batch: ImportItem[] = [];
  #batchBytes = 0;

  constructor(options: ImportOptions) {
    this.#options = options;
    this.#importId = options.importId;
  }

  async take(line: Line): Promise<void> {
    const { no } = line;
    const bytes = line.bytes && bare(line.bytes, no === 1);
    this.counts.lines = no;
    if (bytes === undefined) {
      const advice = this.#section ? ' Export without history: its lines are shorter.' : '';
      const message = `The line is longer than ${limits.importLineBytesMax} bytes.${advice}`;
      this.#section?.hash.update('too long');
      return this.#refuse(no, new MemoryError('value_too_large', message));
    }
    if (isBlank(bytes)) return;
    this.#importId ??= createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
    const parsed = this.#parse(no, bytes, this.#importId);
    if (parsed?.kind === 'header') this.#start(parsed);
    if (parsed?.kind === 'end') return this.#end(no, parsed);
    this.#section?.hash.update(bytes).update('\n');
    if (parsed?.kind !== 'items') return;
    if (parsed.isOwn && this.#section) this.#section.memories += 1;
    this.#batch.push(...parsed.items);
    this.#batchBytes += bytes.length;
    const isFull =
      this.#batch.length >= limits.importBatchItems || this.#batchBytes >= limits.importBatchBytes;
    if (isFull) await this.#flush();
  }

  async finish(): Promise<ImportReport> {
    await this.#flush();
    if (this.#section) {
      const message = 'The file was cut: the last line of the export is missing.';
      this.#doubt(this.counts.lines, message);
    }
    return {
      ...this.counts,
      importId: this.#importId ?? '',
      complete: this.#complete,
      refused: this.#refused,
    };
  }

  /** Undefined: refused. */
  #parse(line: number, bytes: Uint8Array, importId: string): ParsedLine | undefined {
    const { namespace, importId: givenId, nowMs } = this.#options;
    const from = this.#from;
    const source: LineSource = { namespace, line, bytes, importId, givenId, from, nowMs };
    try {
      return parseLine(source);
    } catch (error) {
      if (!MemoryError.isInstance(error)) throw error;
      this.#refuse(line, error);
      return undefined;
    }
  }

  /** Exports that were put one behind the other are proved one by one. */
  #start({ format, namespace }: { format: number; namespace: string }): void {
    if (format > exportFormat) {
      const message = `The file has format ${format}; this server reads up to ${exportFormat}.`;
      throw new MemoryError('invalid_request', message, { details: { field: 'reverie_export' } });
    }
    if (this.#section) this.#doubt(this.counts.lines, 'An export begins before the last ended.');
    this.#section = { hash: createHash('sha256'), memories: 0 };
    this.#from = `reverie:${namespace}`;
  }

  #end(line: number, { count, sha256 }: { count: number; sha256: string }): void {
    const section = this.#section;
    this.#section = undefined;
    this.#from = 'reverie';
    if (section?.memories === count && section.hash.digest('hex') === sha256) return;
    this.#doubt(line, 'The lines before are not those that were exported.');
  }

  #doubt(line: number, message: string): void {
    this.#complete = false;
    // One stands behind all refused lines, since it is about the whole file.
    if (this.#refused.length > limits.importErrorsMax) return;
    this.#refused.push({ line, error: new MemoryError('invalid_request', message) });
  }

  #refuse(line: number, error: MemoryError): void {
    this.counts.failed += 1;
    if (this.counts.failed > limits.importFailedMax) {
      const message = `More than ${limits.importFailedMax} lines were refused; the last: `;
      throw new MemoryError('too_many_items', message + error.message, { details: { line } });
    }
    if (this.#refused.length < limits.importErrorsMax) this.#refused.push({ line, error });
  }

  async #flush(): Promise<void> {
    const { engine, scope, namespace, setAside, onProgress } = this.#options;
    const items = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    if (items.length === 0) return;
    for (let at = 0; at < items.length; at += limits.importBatchItems) {
      const part = items.slice(at, at + limits.importBatchItems);
      const charge = await setAside(part.length);
      const before = this.counts.imported;
      try {
        this.#count(await engine.importMany(scope, namespace, part));
      } finally {
        charge.giveBack(part.length - (this.counts.imported - before));
      }
    }
    onProgress(this.counts);
  }

  #count(outcomes: readonly ImportOutcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.status === 'failed') this.#refuse(outcome.line, outcome.error);
      else if (outcome.status === 'present') this.counts.present += 1;
      else this.counts.imported += 1;
      if (outcome.status === 'replaced') this.counts.replaced += 1;
    }
  }
}

const carriageReturn = 0x0d;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** What editors of other systems put around a line says nothing: the memory is the same. */
function bare(bytes: Uint8Array, isFirst: boolean): Uint8Array {
  const isMarked = isFirst && byteOrderMark.every((byte, i) => bytes[i] === byte);
  const end = bytes.at(-1) === carriageReturn ? -1 : undefined;
  return bytes.subarray(isMarked ? byteOrderMark.length : 0, end);
}

const space = new Set([0x20, 0x09, 0x0d]);

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => space.has(byte));
}
