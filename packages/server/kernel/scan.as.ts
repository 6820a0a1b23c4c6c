/**
 * The vector kernel, in AssemblyScript: int8 rows against an int16 query. Compiled by
 * scripts/build-kernel.mjs to assets/kernel.wasm; no part of the TypeScript build.
 */

/**
 * Writes the int32 dot product of the query with each row to `out`. `width` is the row length in
 * bytes, a multiple of 32; rows lie one after another. The caller keeps the query small enough
 * that no sum leaves int32.
 */
export function scan(query: usize, rows: usize, width: usize, count: usize, out: usize): void {
  const end: usize = rows + count * width;
  let row: usize = rows;
  while (row < end) {
    let left: v128 = i32x4.splat(0);
    let right: v128 = i32x4.splat(0);
    const rowEnd: usize = row + width;
    let q: usize = query;
    while (row < rowEnd) {
      const a: v128 = v128.load(row);
      const b: v128 = v128.load(row, 16);
      left = i32x4.add(left, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(a), v128.load(q)));
      right = i32x4.add(right, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(a), v128.load(q, 16)));
      left = i32x4.add(left, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(b), v128.load(q, 32)));
      right = i32x4.add(right, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(b), v128.load(q, 48)));
      row += 32;
      q += 64;
    }
    const sum: v128 = i32x4.add(left, right);
    const lanes: i32 =
      i32x4.extract_lane(sum, 0) +
      i32x4.extract_lane(sum, 1) +
      i32x4.extract_lane(sum, 2) +
      i32x4.extract_lane(sum, 3);
    store<i32>(out, lanes);
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
