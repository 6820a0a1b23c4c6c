/** A list of erasures in a file: appended to, durably, before anything is erased. */
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MemoryError } from '../../domain/errors.ts';
import { systemErrorCode } from '../../domain/system-errors.ts';
import type { Erasure, ErasureList } from '../../ports/erasures.ts';
import { decodeErasure, encodeErasure } from './erasure-line.ts';
import { syncFolder } from './keep-file.ts';
import { foreignList, lineBytesMax } from './read-erasures.ts';

export interface ErasureFile extends ErasureList {
  readonly path: string;
  /** Appends lines of another list as they are. */
  copy(lines: readonly string[]): Promise<void>;
  /** Where in the file it has arrived. */
  place(): ErasurePlace;
  close(): Promise<void>;
}

export interface ErasurePlace {
  readonly bytes: number;
  /** All that is listed before this place has been erased; what comes behind may be under way. */
  readonly erasedBytes: number;
}

interface Waiting {
  readonly text: string;
  resolve(start: number): void;
  reject(error: MemoryError): void;
}

/**
 * Opens a list, or makes an empty one, for this process alone. Its folder has to be there: a disk
 * that is not mounted is not taken for an empty list. A last line that was cut is taken off. Throws
 * store_read_only, disk_full, and store_damaged for a file that is no such list.
 */
export async function openErasureFile(path: string): Promise<ErasureFile> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const { size } = await handle.stat();
    const whole = await wholeBytes(handle, size, path);
    if (whole < size) await handle.truncate(whole);
    await handle.sync();
    if (size === 0) await syncFolder(dirname(path));
    return new AppendedList(path, handle, whole);
  } catch (error) {
    await handle?.close();
    throw fault(error, path);
  }
}

class AppendedList implements ErasureFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #size: number;
  #waiting: Waiting[] = [];
  /** Set while lines are written. */
  #writing: Promise<void> | undefined;
  /** Where the lines begin whose erasures are under way. */
  readonly #running = new Set<number>();

  constructor(path: string, handle: FileHandle, size: number) {
    this.path = path;
    this.#handle = handle;
    this.#size = size;
  }

  async during<Result>(erasure: Erasure, erase: () => Promise<Result>): Promise<Result> {
    const start = await this.#append(`${encodeErasure(erasure)}\n`);
    try {
      return await erase();
    } finally {
      this.#running.delete(start);
    }
  }

  async copy(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    this.#running.delete(await this.#append(lines.map((line) => `${line}\n`).join('')));
  }

  place(): ErasurePlace {
    return { bytes: this.#size, erasedBytes: Math.min(this.#size, ...this.#running) };
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#handle.close();
  }

  /** Resolves with the place where the text begins, and notes it as running. */
  #append(text: string): Promise<number> {
    const appended = new Promise<number>((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject });
    });
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    return appended;
  }

  /** What arrives while the disk is waited for becomes durable together. */
  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(Buffer.from(group.map(({ text }) => text).join('')));
      } catch (error) {
        const why = fault(error, this.path);
        for (const { reject } of group) reject(why);
        continue;
      }
      for (const { text, resolve } of group) {
        const start = this.#size;
        this.#size += Buffer.byteLength(text);
        this.#running.add(start);
        resolve(start);
      }
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.#checkFile();
    try {
      await this.#handle.write(bytes, 0, bytes.length, this.#size);
      await this.#handle.datasync();
    } catch (error) {
      await this.#handle.truncate(this.#size).catch(() => undefined);
      throw error;
    }
  }

  /** A list that was moved away would be written to in vain. */
  async #checkFile(): Promise<void> {
    const [named, held] = await Promise.all([
      stat(this.path).catch(() => undefined),
      this.#handle.stat(),
    ]);
    const isOurs = named?.ino === held.ino && named.dev === held.dev;
    // Longer than it should be: a failed write could not be taken back, or somebody else wrote.
    if (isOurs && held.size >= this.#size) return;
    const message = `The list of erasures at ${this.path} was moved or cut; nothing was forgotten.`;
    throw new MemoryError('store_unavailable', message);
  }
}

/** Bytes up to the last line break. What stands behind it was cut, and promised to nobody. */
async function wholeBytes(handle: FileHandle, size: number, path: string): Promise<number> {
  const start = Math.max(0, size - 2 * lineBytesMax);
  const tail = Buffer.alloc(size - start);
  await handle.read(tail, 0, tail.length, start);
  const whole = tail.lastIndexOf('\n') + 1;
  const lines = tail.toString('utf8', 0, whole).split('\n');
  const isList = lines.some((line) => decodeErasure(line) !== undefined);
  const hasOnlyBegun = start === 0 && whole === 0 && isBeginning(tail.toString('utf8'));
  if (!isList && !hasOnlyBegun) throw foreignList(path);
  return start + whole;
}

function isBeginning(text: string): boolean {
  const beginning = '{"at":"';
  return text.startsWith(beginning) || beginning.startsWith(text);
}

function fault(error: unknown, path: string): MemoryError {
  if (MemoryError.isInstance(error)) return error;
  const code = systemErrorCode(error) ?? 'store_unavailable';
  const reason = error instanceof Error ? error.message : String(error);
  const message = `The list of erasures at ${path} cannot be written: ${reason}.`;
  return new MemoryError(code, message, { cause: error });
}
