/**
 * The vector kernel, in AssemblyScript: int8 rows against an int16 query. Compiled by
 * scripts/build-kernel.mjs to assets/kernel.wasm; no part of the TypeScript build.
 */

function total(sum: v128): i32 {
  return (
    i32x4.extract_lane(sum, 0) +
    i32x4.extract_lane(sum, 1) +
    i32x4.extract_lane(sum, 2) +
    i32x4.extract_lane(sum, 3)
  );
}

/**
 * Writes the int32 dot product of the query with each row to `out`. `width` is the row length in
 * bytes, a multiple of 32; rows lie one after another. The caller keeps the query small enough
 * that no sum leaves int32. Two rows share each load of the query; with four the processor reads
 * ahead in too many places and the scan gets slower than with one.
 */
export function scan(query: usize, rows: usize, width: usize, count: usize, out: usize): void {
  const end: usize = rows + count * width;
  const pairs: usize = rows + (count & ~1) * width;
  let row: usize = rows;
  while (row < pairs) {
    let a: v128 = i32x4.splat(0);
    let b: v128 = i32x4.splat(0);
    const rowEnd: usize = row + width;
    let second: usize = rowEnd;
    let at: usize = query;
    while (row < rowEnd) {
      const q0: v128 = v128.load(at);
      const q1: v128 = v128.load(at, 16);
      const q2: v128 = v128.load(at, 32);
      const q3: v128 = v128.load(at, 48);
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load8x8_s(row), q0));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load8x8_s(second), q0));
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load8x8_s(row, 8), q1));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load8x8_s(second, 8), q1));
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load8x8_s(row, 16), q2));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load8x8_s(second, 16), q2));
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load8x8_s(row, 24), q3));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load8x8_s(second, 24), q3));
      row += 32;
      second += 32;
      at += 64;
    }
    store<i32>(out, total(a));
    store<i32>(out, total(b), 4);
    row = second;
    out += 8;
  }
  while (row < end) {
    let sum: v128 = i32x4.splat(0);
    for (let at: usize = 0; at < width; at += 8) {
      const q: v128 = v128.load(query + (at << 1));
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load8x8_s(row + at), q));
    }
    store<i32>(out, total(sum));
    row += width;
    out += 4;
  }
}

/** Loads `bytes` bytes (a multiple of 64) and folds them: the floor that a scan is measured by. */
export function stream(start: usize, bytes: usize): i32 {
  const end: usize = start + bytes;
  let a: v128 = i32x4.splat(0);
  let b: v128 = i32x4.splat(0);
  for (let at: usize = start; at < end; at += 64) {
    a = v128.xor(a, v128.xor(v128.load(at), v128.load(at, 16)));
    b = v128.xor(b, v128.xor(v128.load(at, 32), v128.load(at, 48)));
  }
  const all: v128 = v128.xor(a, b);
  return i32x4.extract_lane(all, 0) ^ i32x4.extract_lane(all, 2);
}
