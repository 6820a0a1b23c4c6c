import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { addressGroup, clientAddress, trustedProxies } from './client-address.ts';
import type { AppEnv } from './context.ts';

async function address(peer: string | undefined, forwarded?: string, trusted: string[] = []) {
  const app = new Hono<AppEnv>();
  app.get('/', (context) => {
    context.set('isTrustedProxy', trustedProxies(trusted));
    return context.text(clientAddress(context) ?? 'none');
  });
  const headers = forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded };
  const bindings = peer === undefined ? {} : { incoming: { socket: { remoteAddress: peer } } };
  const response = await app.fetch(new Request('http://reverie.test/', { headers }), bindings);
  return response.text();
}

const proxies = ['10.0.0.0/8', '2001:db8::/32', '127.0.0.1'];

test.each([
  ['nobody without a socket', undefined, undefined, 'none'],
  ['the peer', '203.0.113.9', undefined, '203.0.113.9'],
  ['the peer, whatever it says of itself', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['whom a proxy names', '10.1.2.3', '198.51.100.1', '198.51.100.1'],
  ['the last one that a proxy wrote', '10.1.2.3', '6.6.6.6, 198.51.100.1', '198.51.100.1'],
  ['who stands before all proxies', '10.1.2.3', '6.6.6.6, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
  ['the proxy when what it says is no address', '10.1.2.3', '6.6.6.6, <script>', '10.1.2.3'],
  ['the first proxy when there are only proxies', '10.1.2.3', '10.0.0.7', '10.0.0.7'],
  ['an IPv4 peer on an IPv6 socket', '::ffff:10.1.2.3', '198.51.100.1', '198.51.100.1'],
  ['an address with a port', '127.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
  ['an IPv6 address with a port', '2001:db8::1', '[2001:DB9::2]:4711', '2001:db9::2'],
])('a request comes from %s', async (_, peer, forwarded, expected) => {
  expect(await address(peer, forwarded, proxies)).toBe(expected);
});

test('no proxy is trusted unless it is named', async () => {
  expect(await address('127.0.0.1', '198.51.100.1')).toBe('127.0.0.1');
});

test('a long header costs no more than its last addresses', async () => {
  const own = Array(40).fill('10.0.0.7').join(',');
  expect(await address('10.1.2.3', `198.51.100.1,${own}`, proxies)).toBe('10.0.0.7');
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s belongs to %s', (address, group) => expect(addressGroup(address)).toBe(group));
