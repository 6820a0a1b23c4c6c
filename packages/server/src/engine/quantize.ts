/** Float vectors to int8 with one scale each: a quarter of the bytes, cosine within 0.01. */
import type { QuantizedVector } from '../index/types.ts';

/** Null for a zero vector: it points nowhere, so it is not indexed. */
export function quantize(vector: Float32Array): QuantizedVector | null {
  let largest = 0;
  for (const component of vector) largest = Math.max(largest, Math.abs(component));
  if (largest === 0 || !Number.isFinite(largest)) return null;
  const scale = largest / 127;
  const values = new Int8Array(vector.length);
  for (let i = 0; i < vector.length; i++) values[i] = Math.round((vector[i] ?? 0) / scale);
  return { scale, values };
}
