import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Erasure } from '../../ports/erasures.ts';
import { openErasureFile } from './erasure-file.ts';
import { decodeErasure, encodeErasure } from './erasure-line.ts';
import { readErasures } from './read-erasures.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reverie-'));
  path = join(folder, 'erasures.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const erasure = (n: number): Erasure => ({
  tenant: 'root' as Erasure['tenant'],
  namespaceNo: n,
  namespaceHash: '0'.repeat(32) as Erasure['namespaceHash'],
  receipt: `fgt_${n}`,
  selector: 'id',
  askedAt: 1_000 + n,
  at: 2_000 + n,
  named: [`mem_${n}` as Erasure['named'][number]],
  derived: [],
});
const nothing = async (): Promise<void> => undefined;
const numbersIn = async () =>
  (await readErasures(path)).erasures.map(({ erasure: { namespaceNo } }) => namespaceNo);

test('what is erased is on the list before, in a file that only its owner reads', async () => {
  const list = await openErasureFile(path);
  const seen = await list.during(erasure(1), () => readErasures(path));
  expect(seen.erasures.map((one) => one.erasure)).toEqual([erasure(1)]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await list.close();
  const again = await openErasureFile(path);
  await again.during(erasure(2), nothing);
  await again.close();
  expect(await numbersIn()).toEqual([1, 2]);
});

test('many at once are all there, and what is not erased yet is told', async () => {
  const list = await openErasureFile(path);
  let finish = (): void => undefined;
  const slow = list.during(erasure(0), () => new Promise<void>((done) => (finish = done)));
  await Promise.all(Array.from({ length: 50 }, (_, i) => list.during(erasure(i + 1), nothing)));
  const { size } = statSync(path);
  expect(list.place()).toEqual({ bytes: size, erasedBytes: 0 });
  finish();
  await slow;
  expect(list.place()).toEqual({ bytes: size, erasedBytes: size });
  await list.close();
  expect((await numbersIn()).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 51 }, (_, i) => i),
  );
});

test('a failed erasure is none that is under way', async () => {
  const list = await openErasureFile(path);
  const failing = list.during(erasure(1), () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  const { bytes, erasedBytes } = list.place();
  expect(erasedBytes).toBe(bytes);
  await list.close();
});

test('a list that was cut anywhere keeps its whole lines, and goes on', async () => {
  const list = await openErasureFile(path);
  for (const n of [1, 2, 3]) await list.during(erasure(n), nothing);
  await list.close();
  const whole = readFileSync(path);
  const ends = (await readErasures(path)).erasures.map(({ end }) => end);
  for (let bytes = 0; bytes <= whole.length; bytes++) {
    writeFileSync(path, whole.subarray(0, bytes));
    const kept = ends.filter((end) => end <= bytes).length;
    const read = await readErasures(path);
    expect([bytes, read.erasures.length, read.damaged]).toEqual([bytes, kept, []]);
    if (bytes % 10 !== 0) continue;
    const opened = await openErasureFile(path);
    await opened.during(erasure(9), nothing);
    await opened.close();
    expect(await numbersIn()).toEqual([...[1, 2, 3].slice(0, kept), 9]);
  }
});

test('a damaged line is named, and the others are read', async () => {
  const list = await openErasureFile(path);
  for (const n of [1, 2, 3]) await list.during(erasure(n), nothing);
  await list.close();
  writeFileSync(path, readFileSync(path, 'utf8').replace('mem_2', 'mem_7'));
  expect(await readErasures(path)).toMatchObject({ damaged: [2] });
  expect(await numbersIn()).toEqual([1, 3]);
});

test('a list that was moved or cut below a server refuses, and so nothing is erased', async () => {
  const list = await openErasureFile(path);
  await list.during(erasure(1), nothing);
  let erased = 0;
  const erase = async (): Promise<void> => {
    erased += 1;
  };
  const refused = { code: 'store_unavailable' };
  truncateSync(path, 5);
  await expect(list.during(erasure(2), erase)).rejects.toMatchObject(refused);
  renameSync(path, `${path}.old`);
  await expect(list.during(erasure(2), erase)).rejects.toMatchObject(refused);
  expect(erased).toBe(0);
  await list.close();
});

test('a folder that is not there is not made: its disk may not be mounted', async () => {
  const opening = openErasureFile(join(folder, 'disk', 'erasures.jsonl'));
  await expect(opening).rejects.toMatchObject({ code: 'store_read_only' });
});

test('another file is not taken for a list', async () => {
  await (await openErasureFile(path)).close();
  appendFileSync(path, 'dear diary\nmore\n');
  await expect(openErasureFile(path)).rejects.toMatchObject({ code: 'store_damaged' });
  await expect(readErasures(path)).rejects.toMatchObject({ code: 'store_damaged' });
  expect(readFileSync(path, 'utf8')).toBe('dear diary\nmore\n');
});

test('a line is read as it was written', () => {
  const ids = fc.array(fc.string().map((id) => id as Erasure['named'][number]));
  const times = fc.integer({ min: 0, max: 4e12 });
  const one = fc.record({
    ...{ receipt: fc.string(), selector: fc.string(), namespaceNo: fc.nat() },
    ...{ askedAt: times, at: times, named: ids, derived: ids },
    tenant: fc.string({ unit: 'binary' }).map((text) => text as Erasure['tenant']),
    namespaceHash: fc.string().map((text) => text as Erasure['namespaceHash']),
  });
  fc.assert(
    fc.property(one, (drawn) => {
      const line = encodeErasure(drawn);
      expect(line).not.toContain('\n');
      expect(decodeErasure(line)).toEqual(drawn);
    }),
  );
});
