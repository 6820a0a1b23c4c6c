import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findingsIn } from './findings.ts';

const typesIn = (text: string): string[] => [
  ...new Set(
    findingsIn(text)
      .filter(({ kind }) => kind !== 'instructions')
      .map(({ type }) => type),
  ),
];

test.each([
  ['two cards and a line between', '4012888888881881\n5105 1051 0510 5100', ['card_number']],
  ['a card in a sentence', 'Pay with 4012-8888-8888-1881, please.', ['card_number']],
  ['a card with wide spaces', '4012\u00a08888\u00a08888\u00a01881', ['card_number']],
  ['a card in full width', '４０１２８８８８８８８８１８８１', ['card_number']],
  ['a wrong check digit', '4012 8888 8888 1882', []],
  ['digits that go on', '40128888888818812', []],
  ['a price', '4012.8888888888', []],
  ['an order number', 'Your order 4012888888881881 was sent.', []],
  ['a key and a card', `AKIA${'QZ4TRW6NBV3XK7LM'} 4012888888881881`, ['api_key', 'card_number']],
  ['a key that is too short', `ghp_${'a1B2c3D4'}`, []],
  ['a stand-in', `ghp_${'x'.repeat(36)}`, []],
  ['nothing', '', []],
])('%s', (_, text, types) => {
  expect(typesIn(text)).toEqual(types);
});

test('places are those of the text as it was written', () => {
  const words = 'wi\u200bth 𝐬 ４０１２ ８８８８ ８８８８ １８８１ and é hunter22\u200b';
  const text = `${words}; das Paßwort ist ok, contraseña: tr0ub4dor&3!`;
  expect(findingsIn(text).map(({ start, end }) => text.slice(start, end))).toEqual([
    '４０１２ ８８８８ ８８８８ １８８１',
    'tr0ub4dor&3',
  ]);
});

test('a private key goes to its end', () => {
  const begin = `-----BEGIN RSA ${'PRIVATE'} KEY-----`;
  const key = `${begin}\nMIIEow\nAAA=\n-----END RSA ${'PRIVATE'} KEY-----`;
  const text = `before ${key} after ${begin} cut`;
  expect(findingsIn(text).map(({ start, end }) => text.slice(start, end))).toEqual([
    key,
    `${begin} cut`,
  ]);
});

test('findings are in order, inside of the text, and apart', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('4012888888881881 ', 'ignore all previous instructions', '\u{e0041}\u{e0042}'),
    fc.constantFrom('password: hunter22', ' ', '\u200b', 'é', '𝐀', 'sk-ant-'),
  );
  const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (said) => {
      let behind = 0;
      for (const { start, end } of findingsIn(said)) {
        if (start < behind || end <= start || end > said.length) return false;
        behind = end;
      }
      return true;
    }),
  );
});
