import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTar, tarEnd, tarHeader, tarPadding } from './tar.ts';

const modifiedMs = Date.UTC(2026, 0, 2);
const texts = {
  'a.txt': 'hello',
  empty: '',
  'long.bin': 'x'.repeat(5_000),
  exact: 'y'.repeat(512),
};

function archive(): Uint8Array {
  const parts = Object.entries(texts).flatMap(([name, text]) => {
    const content = Buffer.from(text);
    const bytes = content.length;
    return [tarHeader({ name, bytes, modifiedMs }), content, tarPadding(bytes)];
  });
  return Buffer.concat([...parts, tarEnd]);
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(bytes: Uint8Array, size: number): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, content } of readTar(inPieces(bytes, size))) {
    const parts: Uint8Array[] = [];
    for await (const part of content) parts.push(part);
    found[name] = Buffer.concat(parts).toString();
  }
  return found;
}

test.each([1, 7, 512, 100_000])('is read as it was written, in pieces of %i', async (size) => {
  expect(await readAll(archive(), size)).toEqual(texts);
});

test('the tar of the system reads it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-'));
  writeFileSync(join(folder, 'x.tar'), archive());
  execFileSync('tar', ['xf', 'x.tar'], { cwd: folder });
  for (const [name, text] of Object.entries(texts)) {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
  }
  rmSync(folder, { recursive: true });
});

test('sizes from 8 GiB on are written and read', async () => {
  const bytes = 8 ** 11 + 5;
  const header = tarHeader({ name: 'large', bytes, modifiedMs });
  for await (const part of readTar(inPieces(header, 512))) {
    expect(part).toMatchObject({ name: 'large', bytes });
    break;
  }
});

test('what was cut or damaged is an error', async () => {
  const whole = archive();
  for (const bytes of [0, 100, 511, 513, 2_000, whole.length - 1_100]) {
    await expect(readAll(whole.subarray(0, bytes), 512)).rejects.toThrow('cut');
  }
  const damaged = Buffer.from(whole);
  damaged[3] = 0x7a;
  await expect(readAll(damaged, 512)).rejects.toThrow('no tar archive');
});
