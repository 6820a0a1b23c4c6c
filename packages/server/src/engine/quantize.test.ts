import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantize } from './quantize.ts';

test('each component comes back within half a step', () => {
  const component = fc.float({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(component, { minLength: 1, maxLength: 64 }), (components) => {
      const vector = Float32Array.from(components);
      const quantized = quantize(vector);
      // A boolean, so that the property says whether it held.
      if (!quantized) return vector.every((value) => value === 0);
      vector.forEach((value, i) => {
        const back = (quantized.values[i] ?? 0) * quantized.scale;
        expect(Math.abs(back - value)).toBeLessThanOrEqual(quantized.scale * 0.5001);
      });
      return true;
    }),
  );
});

test('a zero vector is no vector', () => {
  expect(quantize(new Float32Array(8))).toBeNull();
});
