import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPublicAddress, targetRules } from './target-rules.ts';

test.each([
  '8.8.8.8',
  '1.1.1.1',
  '172.15.255.255',
  '172.32.0.1',
  '100.63.255.255',
  '100.128.0.0',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001:80b::200e',
])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));

test.each([
  ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255'],
  ...['192.168.1.1', '169.254.169.254', '100.64.0.1', '100.127.255.255', '192.0.0.1'],
  ...['198.18.0.1', '198.19.255.255', '203.0.113.9', '224.0.0.1', '239.1.1.1', '240.0.0.1'],
  ...['255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8'],
  ...['::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1'],
  ...['fc00::1', 'fd12:3456::1', 'ff02::1', '2001::1', '2001:db8::1', '2002:7f00:1::'],
  ...['2606:4700::1%eth0', '100::1', '3fff::1', 'localhost', '', '127.1', '0x7f.1', '2130706433'],
])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));

const octet = fc.integer({ min: 0, max: 255 });

/** The same rule said with numbers. */
function isSpecial(a: number, b: number, c: number): boolean {
  if ([0, 10, 127].includes(a) || a >= 224) return true;
  if (a === 100) return b >= 64 && b < 128;
  if (a === 169) return b === 254;
  if (a === 172) return b >= 16 && b < 32;
  if (a === 198) return b === 18 || b === 19 || (b === 51 && c === 100);
  if (a === 203) return b === 0 && c === 113;
  const small = ['0.0', '0.2', '31.196', '52.193', '88.99', '175.48'];
  return a === 192 && (b === 168 || small.includes(`${b}.${c}`));
}

test('an IPv4 address is public unless a registry says otherwise; as IPv6 none is', () => {
  const first = fc.oneof(octet, fc.constantFrom(100, 169, 172, 192, 198, 203));
  fc.assert(
    fc.property(first, octet, octet, octet, (a, b, c, d) => {
      const address = `${a}.${b}.${c}.${d}`;
      expect(isPublicAddress(address)).toBe(!isSpecial(a, b, c));
      const hex = (n: number) => n.toString(16);
      const low = `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;
      for (const prefix of ['::ffff:', '::', '64:ff9b::', '2002:']) {
        const mapped = prefix === '2002:' ? `2002:${low}::` : prefix + low;
        expect(isPublicAddress(mapped)).toBe(false);
      }
    }),
    { numRuns: 2000 },
  );
});

test('an IPv6 address outside of 2000::/3 is never public', () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const address = groups.map((n) => n.toString(16)).join(':');
      const [head = 0] = groups;
      if (head < 0x2000 || head > 0x3fff) expect(isPublicAddress(address)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('a setting opens names, addresses and networks, and nothing beside them', () => {
  const rules = targetRules(['hooks.internal', '10.1.0.0/16', '127.0.0.1', 'fd00::/8']);
  expect(rules.allows('hooks.internal', '192.168.0.9')).toBe(true);
  expect(rules.allows('HOOKS.internal.', '192.168.0.9')).toBe(true);
  expect(rules.allows('other.internal', '192.168.0.9')).toBe(false);
  expect(rules.allows('other.internal', '10.1.2.3')).toBe(true);
  expect(rules.allows('other.internal', '10.2.0.1')).toBe(false);
  expect(rules.allows('a', 'fd00::1')).toBe(true);
  expect(rules.allowsPlain('127.0.0.1')).toBe(true);
  expect(rules.allowsPlain('127.0.0.2')).toBe(false);
  expect(rules.allowsPlain('hooks.internal')).toBe(true);
  expect(rules.allowsPlain('example.com')).toBe(false);
  expect(targetRules('allow').allows('a', '127.0.0.1')).toBe(true);
  expect(targetRules([]).allows('localhost', '127.0.0.1')).toBe(false);
});
