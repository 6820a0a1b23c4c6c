import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSlabPool, rowBytes, slabBytes } from './slab-pool.ts';

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('the committed kernel was compiled from the committed source', () => {
  const facts: unknown = JSON.parse(file('assets/kernel.json').toString());
  expect(facts).toMatchObject({
    source: sha256(file('kernel/scan.as.ts')),
    wasm: sha256(file('assets/kernel.wasm')),
  });
});

test('the kernel gives the dot products of plain JavaScript', () => {
  const pool = createSlabPool();
  const slab = pool.take();
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1200 }),
      fc.nat({ max: 5 }),
      fc.nat(),
      (dimension, rows, seed) => {
        const width = rowBytes(dimension);
        const value = (i: number) => ((i * 2654435761 + seed * 40503) >>> 8) % 256;
        slab.arena.int8.fill(0, slab.address, slab.address + slabBytes);
        for (let i = 0; i < rows * width; i += 1) {
          if (i % width < dimension) slab.arena.int8[slab.address + i] = value(i) - 128;
        }
        // The range that scan-vectors allows for rows of this width.
        const range = Math.min(32_767, Math.floor((2 ** 31 - 1) / (128 * width)));
        const query = Int16Array.from({ length: dimension }, (_, i) =>
          seed % 3 === 0 ? -range : Math.round((value(i + 7) / 128 - 1) * range),
        );
        pool.setQuery(query);
        const dots = [...pool.scan(slab, width, rows).subarray(0, rows)];
        const expected = Array.from({ length: rows }, (_, row) =>
          query.reduce(
            (sum, q, i) => sum + q * (slab.arena.int8[slab.address + row * width + i] ?? 0),
            0,
          ),
        );
        expect(dots).toEqual(expected);
      },
    ),
  );
});

test('a shorter query leaves nothing of a longer one', () => {
  const pool = createSlabPool();
  const slab = pool.take();
  slab.arena.int8.fill(1, slab.address, slab.address + 64);
  pool.setQuery(new Int16Array(64).fill(5));
  expect([pool.scan(slab, 64, 1)[0]]).toEqual([320]);
  pool.setQuery(new Int16Array(3).fill(2));
  expect([pool.scan(slab, 64, 1)[0]]).toEqual([6]);
});

test('slabs are handed out once, come back, and spread over memories of a limited size', () => {
  const pool = createSlabPool({ pagesMax: 4 });
  const slabs = Array.from({ length: 8 }, () => pool.take());
  expect(new Set(slabs.map((slab) => slab.arena)).size).toBe(3);
  const places = new Set(slabs.map((slab) => slab.arena.int8.subarray(slab.address)));
  expect(places.size).toBe(8);
  expect(slabs.every((slab) => slab.address >= slabBytes)).toBe(true);
  slabs.forEach((slab, i) => {
    slab.arena.int8.fill(i + 1, slab.address, slab.address + 32);
  });
  pool.setQuery(new Int16Array(32).fill(1));
  expect(slabs.map((slab) => pool.scan(slab, 32, 1)[0])).toEqual(slabs.map((_, i) => (i + 1) * 32));
  expect(pool.takenBytes()).toBe(8 * slabBytes);
  for (const slab of slabs) pool.give(slab);
  expect(pool.takenBytes()).toBe(0);
  const again = Array.from({ length: 8 }, () => pool.take());
  expect(new Set(again)).toEqual(new Set(slabs));
});
