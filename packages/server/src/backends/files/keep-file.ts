/** Writes a file that is either whole or not there. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MemoryError } from '../../domain/errors.ts';
import { systemErrorCode } from '../../domain/system-errors.ts';

/**
 * The content goes into a file beside it, to the disk, and takes the name when `check` has looked
 * at it. The file is for its owner alone. Throws what the source and `check` throw, disk_full and
 * store_read_only; then what had the name before still has it.
 */
export async function keepFile(
  path: string,
  source: AsyncIterable<Uint8Array>,
  check: (written: string) => Promise<void>,
): Promise<void> {
  const partial = `${path}.partial`;
  await rm(partial, { force: true });
  let file: FileHandle | undefined;
  try {
    file = await open(partial, 'wx', 0o600);
    for await (const chunk of source) await writeAll(file, chunk);
    await file.sync();
    await file.close();
    await check(partial);
    await rename(partial, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await file?.close();
    await rm(partial, { force: true });
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new MemoryError(code, `${path} cannot be written: ${reason}.`, { cause: error });
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    at += (await file.write(chunk, at, chunk.length - at)).bytesWritten;
  }
}

/** Makes new names in a folder durable. Not every system lets a folder be opened. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
