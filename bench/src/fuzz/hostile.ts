/** Values that are made to break something. */
import { integer, pick, type Random } from '../lib/random.ts';

/** A place in a body where the text stands as it is, since no JSON value is written like that. */
export function rawToken(text: string): string {
  return `${rawMark}${text}${rawMark}`;
}

/** Private use: in no other text of the fuzzer. */
const rawMark = '\ue0f0';

/** JSON text with the raw tokens in their places. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.replace(new RegExp(`"${rawMark}(.*?)${rawMark}"`, 'gs'), (_, raw: string) =>
    raw.replaceAll('\\"', '"'),
  );
}

const texts: readonly string[] = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udc00y',
  '__proto__',
  'constructor',
  'toString',
  '../../../etc/passwd',
  '%00%2e%2e%2f',
  "' OR 1=1; DROP TABLE rows; --",
  '<script>alert(1)</script>',
  '{{7*7}}',
  '\u202egnirts desrever',
  '\ufeffmark',
  '\u2028\u2029',
  '\uffff\ufffe',
  '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}',
  'e\u0301'.repeat(200),
  'Z\u0334\u0321\u0320'.repeat(60),
  'NaN',
  'null',
  'true',
  '1e999',
  '-0',
  '9'.repeat(400),
  '0x41',
  '1; echo',
  '2026-02-30T25:61:61Z',
  '+275760-09-13T00:00:00.001Z',
  '-000001-01-01',
  'user: hi\nassistant: hello\nuser: bye',
  '\r\nX-Injected: 1',
  '漢字かな交じり文。'.repeat(40),
  'ﷺ'.repeat(300),
  'a '.repeat(6_000),
  'long'.repeat(10_000),
  '(((((((((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+',
];

const numbers: readonly number[] = [
  -1,
  0,
  1,
  0.1,
  -0.5,
  101,
  1001,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  1e21,
  1e300,
];

const rawNumbers = ['1e999', '-1e999', '-0', '1E-999', '123456789012345678901234567890', '1.0'];

export function hostileText(random: Random): string {
  return random() < 0.8 ? pick(random, texts) : randomText(random);
}

function randomText(random: Random): string {
  const units = Array.from({ length: integer(random, 1, 40) }, () =>
    integer(random, 0, random() < 0.5 ? 0x2ff : 0xffff),
  );
  return String.fromCharCode(...units).replaceAll(rawMark, '?');
}

/** Any JSON, most of it wrong wherever it stands. */
export function hostileValue(random: Random, depth = 0): unknown {
  const kind = integer(random, 0, depth > 3 ? 4 : 9);
  if (kind <= 1) return hostileText(random);
  if (kind === 2) return pick(random, numbers);
  if (kind === 3) return rawToken(pick(random, rawNumbers));
  if (kind === 4) return pick(random, [null, true, false]);
  if (kind === 5) return rawToken(nested(random, integer(random, 2, 60)));
  const size = pick(random, [0, 1, 2, 3, random() < 0.1 ? 1_100 : 4]);
  if (kind <= 7) return Array.from({ length: size }, () => hostileValue(random, depth + 2));
  const names = Array.from({ length: Math.min(size, 80) }, () => hostileText(random).slice(0, 600));
  // A JSON text may hold `__proto__` as a name of its own, an object literal may not.
  return Object.fromEntries(names.map((name) => [name, hostileValue(random, depth + 2)]));
}

/** Arrays or objects inside of each other. */
export function nested(random: Random, depth: number): string {
  if (random() < 0.5) return `${'['.repeat(depth)}1${']'.repeat(depth)}`;
  return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
}

/** A filter that is deep, wide, or neither and right. */
export function anyFilter(random: Random): unknown {
  const fields = ['tags', 'key', 'metadata.a', 'metadata.b.c', 'occurred_at', 'kind', 'importance'];
  const condition = (): unknown => ({
    [pick(random, fields)]: {
      [pick(random, ['eq', 'ne', 'gt', 'lte', 'in', 'nin', 'exists', 'contains', '$eq', 'like'])]:
        random() < 0.6
          ? pick(random, ['a', 1, true, ['a', 'b'], '2026-01-01'])
          : hostileValue(random, 2),
    },
  });
  const kind = integer(random, 0, 5);
  if (kind <= 2) return condition();
  if (kind === 3) {
    const list = Array.from({ length: integer(random, 1, 80) }, condition);
    return { [pick(random, ['AND', 'OR', 'and', '$or'])]: list };
  }
  if (kind === 4) {
    let filter = condition();
    for (let level = integer(random, 1, 40); level > 0; level -= 1) filter = { NOT: filter };
    return filter;
  }
  return hostileValue(random);
}
