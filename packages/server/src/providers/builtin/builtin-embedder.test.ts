import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openBuiltinEmbedder } from './builtin-embedder.ts';

interface GoldenCase {
  text: string;
  times: number;
  rows: number[];
  start: number[];
  norm: number;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const TABLE = here('../../../assets/builtin-embedder.bin');
const CARD = here('../../../assets/MODEL_CARD.md');
const golden: GoldenCase[] = JSON.parse(readFileSync(here('golden.json'), 'utf8'));
const embedder = openBuiltinEmbedder();
const folder = mkdtempSync(join(tmpdir(), 'embedder-'));
afterAll(() => rmSync(folder, { recursive: true }));

function cosine(left: string, right: string): number {
  const other = embedder.embedOne(right);
  return embedder.embedOne(left).reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
}

function norm(vector: Float32Array): number {
  return vector.reduce((sum, value) => sum + value * value, 0);
}

describe('agreement with the training tool', () => {
  it.each(golden)('$text x $times', ({ text, times, rows, start, norm: length }) => {
    const whole = text.repeat(times);
    expect(embedder.rowsOf(whole)).toEqual(rows);
    const vector = embedder.embedOne(whole);
    for (const [at, value] of start.entries()) expect(vector[at]).toBeCloseTo(value, 3);
    expect(norm(vector)).toBeCloseTo(length, 3);
  });
});

describe('vectors', () => {
  it('names its model and dimension', () => {
    expect(embedder.model).toMatch(/^reverie-static-256-v\d+$/);
    expect(embedder.dimension).toBe(256);
  });

  it('puts paraphrases closer than strangers', () => {
    const near = cosine('My daughter is allergic to peanuts', 'the kid cannot eat nuts');
    const far = cosine('My daughter is allergic to peanuts', 'we fixed the printer driver');
    expect(near).toBeGreaterThan(far + 0.2);
    expect(cosine('physician', 'doctor')).toBeGreaterThan(0.6);
    expect(cosine('physician', 'carburetor')).toBeLessThan(0.3);
  });

  it('gives many texts the vectors that it gives each one', async () => {
    const texts = ['one dog', '', 'two cats and a very long afternoon', '👍'];
    const vectors = await embedder.embed(texts, { role: 'document' });
    expect(vectors).toEqual(texts.map((text) => embedder.embedOne(text)));
    expect(vectors[1]?.every((value) => value === 0)).toBe(true);
  });

  it('is unit length or zero for any string, the second time too', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(anyText, (text) => {
        const vector = embedder.embedOne(text);
        const length = norm(vector);
        expect(length === 0 || Math.abs(length - 1) < 1e-4).toBe(true);
        expect(embedder.embedOne(text)).toEqual(vector);
      }),
    );
  });

  it('reads no further than 512 rows', () => {
    const start = 'river '.repeat(512);
    expect(embedder.embedOne(`${start}guitar concert`)).toEqual(embedder.embedOne(start));
  });
});

describe('wordWeight', () => {
  it('orders words by how telling they are', () => {
    const words = ['the', 'house', 'piano', 'xylophone'];
    const weights = words.map((word) => embedder.wordWeight(word));
    expect(weights).toEqual([...weights].sort((a, b) => a - b));
    expect(embedder.wordWeight('the')).toBeLessThan(1.5);
    expect(embedder.wordWeight('zzyzxqwv')).toBeGreaterThan(9);
  });

  it('takes case and accents away, the most telling of several words, and 0 for none', () => {
    expect(embedder.wordWeight('PIANO')).toBe(embedder.wordWeight('piano'));
    expect(embedder.wordWeight('Café')).toBe(embedder.wordWeight('cafe'));
    expect(embedder.wordWeight('the piano')).toBe(embedder.wordWeight('piano'));
    expect(embedder.wordWeight('')).toBe(0);
  });
});

describe('the table file', () => {
  const bytes = readFileSync(TABLE);
  function openBroken(name: string, content: Uint8Array): () => unknown {
    const path = join(folder, name);
    writeFileSync(path, content);
    return () => openBuiltinEmbedder({ path });
  }

  it('is at most 10 MB and the one that the model card describes', () => {
    expect(bytes.length).toBeLessThanOrEqual(10_000_000);
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(readFileSync(CARD, 'utf8')).toContain(digest);
  });

  it('opens from another place', () => {
    const path = join(folder, 'copy.bin');
    writeFileSync(path, bytes);
    const copy = openBuiltinEmbedder({ path });
    expect(copy.embedOne('a small copy')).toEqual(embedder.embedOne('a small copy'));
  });

  it('says which file is missing, short, foreign or damaged', () => {
    const flipped = Uint8Array.from(bytes);
    flipped[5_000_000] = (flipped[5_000_000] ?? 0) ^ 1;
    const newer = Uint8Array.from(bytes);
    newer[8] = 9;
    expect(() => openBuiltinEmbedder({ path: join(folder, 'absent.bin') })).toThrow(/absent\.bin/);
    expect(openBroken('empty.bin', new Uint8Array())).toThrow(/empty\.bin.*header/);
    expect(openBroken('short.bin', bytes.subarray(0, 9_000_000))).toThrow(/short\.bin.*bytes/);
    expect(openBroken('foreign.bin', new Uint8Array(500))).toThrow(/foreign\.bin.*format/);
    expect(openBroken('newer.bin', newer)).toThrow(/newer\.bin.*version is 9/);
    expect(openBroken('flipped.bin', flipped)).toThrow(/flipped\.bin.*checksum/);
  });
});
