import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TopK } from './top-k.ts';

test('it keeps what sorting everything would keep, whatever the order of the entries', () => {
  const entries = fc.uniqueArray(fc.tuple(fc.nat({ max: 500 }), fc.nat({ max: 9 })), {
    selector: ([doc]) => doc,
  });
  fc.assert(
    fc.property(entries, fc.nat({ max: 20 }), (all, limit) => {
      const top = new TopK(limit, (a, b) => a - b);
      for (const [doc, score] of all) if (score >= top.threshold) top.push(doc, score);
      const best = [...all].sort((a, b) => b[1] - a[1] || b[0] - a[0]).slice(0, limit);
      expect(top.sorted()).toEqual(best.map(([doc, score]) => ({ doc, score })));
    }),
  );
});
