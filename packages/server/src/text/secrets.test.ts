import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secretsIn } from './secrets.ts';

test.each([
  ['two cards and a line between', '4012888888881881\n5105 1051 0510 5100', ['card_number']],
  ['a card in a sentence', 'Pay with 4012-8888-8888-1881, please.', ['card_number']],
  ['a wrong check digit', '4012 8888 8888 1882', []],
  ['digits that go on', '40128888888818812', []],
  ['a price', '4012.8888888888', []],
  ['a key and a card', `AKIA${'QZ4TRW6NBV3XK7LM'} 4012888888881881`, ['api_key', 'card_number']],
  ['a key that is too short', `ghp_${'a1B2c3D4'}`, []],
  ['a stand-in', `ghp_${'x'.repeat(36)}`, []],
  ['nothing', '', []],
])('%s', (_, text, types) => {
  expect(secretsIn(text)).toEqual(types);
});

test('32 KB of anything take little time', () => {
  for (const unit of ['1', '4 ', 'sk-', 'A', '-----BEGIN ', '4111-', 'xoxb-', 'eyJ.']) {
    const start = performance.now();
    secretsIn(unit.repeat(32_768 / unit.length));
    expect(performance.now() - start, unit).toBeLessThan(100);
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => secretsIn(text).length <= 3));
});
