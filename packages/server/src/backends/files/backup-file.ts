/**
 * A backup as one file: a tar archive of its parts, a manifest, and at its end SHA256SUMS, which
 * `sha256sum -c` reads too. Without that end it is no whole backup.
 */
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MemoryError } from '../../domain/errors.ts';
import { systemErrorCode } from '../../domain/system-errors.ts';
import { readTar, type TarPart, tarEnd, tarHeader, tarPadding } from '../../util/tar.ts';

export const partNames = ['reverie.db', 'erasures.jsonl', 'root.key'] as const;
export type PartName = (typeof partNames)[number];

/** Present parts with their path, length and hash. */
export interface BackupPart {
  readonly name: PartName;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface BackupManifest {
  /** Milliseconds since 1970 UTC. */
  readonly madeAt: number;
  /** The release that made it. */
  readonly version: string;
  readonly schema: number;
  /** All that the list of erasures says before this place is erased in the database. */
  readonly erasedBytes: number;
}

export interface OpenBackup {
  readonly bytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

const format = 1;
const manifestName = 'manifest.json';
const sumsName = 'SHA256SUMS';
const chunkBytes = 256 * 1024;
const textBytesMax = 64 * 1024;

/** Reads the parts while it is read. Throws where a part is shorter than it says. */
export function packBackup(parts: readonly BackupPart[], manifest: BackupManifest): OpenBackup {
  const written = Buffer.from(`${JSON.stringify(writeManifest(manifest), null, 2)}\n`);
  const named = [...parts, { name: manifestName, sha256: sha256(written) }];
  const sums = Buffer.from(named.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''));
  const sizes = [...parts.map(({ bytes }) => bytes), written.length, sums.length];
  const padded = sizes.map((bytes) => tarHeaderBytes + bytes + tarPadding(bytes).length);
  const bytes = padded.reduce((sum, size) => sum + size, tarEnd.length);
  const head = (name: string, size: number) =>
    tarHeader({ name, bytes: size, modifiedMs: manifest.madeAt });
  async function* content(): AsyncGenerator<Uint8Array, void, undefined> {
    for (const { name, path, bytes: size } of parts) {
      yield head(name, size);
      if (size > 0) yield* read(path, size);
      yield tarPadding(size);
    }
    for (const [name, text] of [
      [manifestName, written],
      [sumsName, sums],
    ] as const) {
      yield head(name, text.length);
      yield text;
      yield tarPadding(text.length);
    }
    yield tarEnd;
  }
  return { bytes, content: content() };
}

const tarHeaderBytes = 512;

async function* read(path: string, bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  let seen = 0;
  for await (const chunk of createReadStream(path, { end: bytes - 1, highWaterMark: chunkBytes })) {
    seen += chunk.length;
    yield chunk;
  }
  if (seen !== bytes) throw new Error(`${path} became shorter while it was read.`);
}

/** Length and hash of a part as it is now; undefined where it is not there. */
export async function partOf(
  name: PartName,
  path: string,
  bytesMax = Number.POSITIVE_INFINITY,
): Promise<BackupPart | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  const bytes = Math.min(found.size, bytesMax);
  const hash = createHash('sha256');
  if (bytes > 0) for await (const chunk of read(path, bytes)) hash.update(chunk);
  return { name, path, bytes, sha256: hash.digest('hex') };
}

/**
 * Reads a backup to its end and checks every part against its hash; with a folder, the parts are
 * written into it, where none of them may be yet. `onProgress` is told the bytes that were read.
 * Throws backup_damaged, and disk_full or store_read_only for the folder.
 */
export async function readBackup(
  path: string,
  options: { readonly into?: string; readonly onProgress?: (bytes: number) => void } = {},
): Promise<BackupManifest> {
  try {
    const source = createReadStream(path, { highWaterMark: chunkBytes });
    // It fails here where the file is not there, and not while the folder is written.
    await once(source, 'readable');
    return await readParts(told(source, options.onProgress), path, options.into);
  } catch (error) {
    if (MemoryError.isInstance(error)) throw error;
    const code = isMissing(error, path) ? undefined : systemErrorCode(error);
    if (code !== undefined) throw new MemoryError(code, undefined, { cause: error });
    throw damaged(path, error instanceof Error ? error.message : String(error), error);
  }
}

async function readParts(
  source: AsyncIterable<Uint8Array>,
  path: string,
  into: string | undefined,
): Promise<BackupManifest> {
  const sums = new Map<string, string>();
  const texts = new Map<string, string>();
  for await (const part of readTar(source)) {
    const hash = createHash('sha256');
    const isPart = partNames.some((name) => name === part.name);
    if (!isPart) texts.set(part.name, await textOf(part, hash, path));
    else if (into !== undefined) await extract(part, hash, join(into, part.name));
    else for await (const chunk of part.content) hash.update(chunk);
    sums.set(part.name, hash.digest('hex'));
  }
  checkSums(sums, texts.get(sumsName) ?? '', path);
  return parseManifest(texts.get(manifestName) ?? '', path);
}

async function* told(
  source: AsyncIterable<Uint8Array>,
  onProgress: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    onProgress?.(bytes);
    yield chunk;
  }
}

function isMissing(error: unknown, path: string): boolean {
  return error instanceof Error && 'path' in error && error.path === path;
}

async function extract(part: TarPart, hash: Hash, target: string): Promise<void> {
  async function* hashed(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of part.content) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const file = createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(hashed, file);
}

async function textOf({ name, bytes, content }: TarPart, hash: Hash, path: string) {
  if (bytes > textBytesMax) throw damaged(path, `${name} does not belong in it`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) {
    hash.update(chunk);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function checkSums(sums: ReadonlyMap<string, string>, text: string, path: string): void {
  const told = new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  for (const name of ['reverie.db', manifestName]) {
    if (!told.has(name)) throw damaged(path, 'it was cut, or is no backup of Reverie');
  }
  for (const [name, sum] of told) {
    if (sums.get(name) !== sum) throw damaged(path, `${name} is not what was written`);
  }
  const extra = [...sums.keys()].find((name) => name !== sumsName && !told.has(name));
  if (extra !== undefined) throw damaged(path, `${extra} does not belong in it`);
}

function writeManifest({ madeAt, version, schema, erasedBytes }: BackupManifest) {
  const made = new Date(madeAt).toISOString();
  return { reverie_backup: format, made_at: made, version, schema, erased_bytes: erasedBytes };
}

function parseManifest(text: string, path: string): BackupManifest {
  // Its hash was right, so it was written by a release of this product.
  const { reverie_backup, made_at, version, schema, erased_bytes } = JSON.parse(text);
  if (reverie_backup !== format) {
    throw damaged(path, `it has format ${reverie_backup}, this release knows ${format}`);
  }
  return { madeAt: Date.parse(made_at), version, schema, erasedBytes: erased_bytes };
}

function damaged(path: string, reason: string, cause?: unknown): MemoryError {
  const message = `${path} cannot be used: ${reason.replace(/\.$/, '')}.`;
  return new MemoryError('backup_damaged', message, { cause });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
