import { expect, test } from 'vitest';
import { signatureHeaders } from './sign.ts';

test('the former secret signs beside the new one until its time, and not a moment longer', () => {
  const body = new TextEncoder().encode('{}');
  const former = { secret: 'the former secret', until: 5_000 };
  const signed = (now: number) =>
    signatureHeaders({ secret: 'the new secret', former }, body, now)['X-Reverie-Signature'];
  expect(signed(4_999)?.split(',')).toHaveLength(3);
  expect(signed(5_000)?.split(',')).toHaveLength(2);
  const alone = signatureHeaders({ secret: 'the new secret' }, body, 5_000);
  expect(signed(5_000)).toBe(alone['X-Reverie-Signature']);
});
