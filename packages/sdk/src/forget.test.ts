import { expect, test } from 'vitest';
import { clientOver } from './client-over.test.helper.ts';

test('forgets by conditions, forgets a namespace, and reads receipts', async () => {
  const counts = { memories: 2, derived: 1, versions: 3, vectors: 2, attachments: 0, kept: 1 };
  const receipt = {
    ...{ id: 'fgt_1', state: 'hidden', selector: 'filter', namespace: null, counts },
    ...{ asked_at: 'a', hidden: { seq: 7, at: 'b' }, erased_at: null },
    out_of_reach: [{ what: 'backups', note: 'n' }],
  };
  const page = (next_cursor: string | null) => ({ body: { results: [receipt], next_cursor } });
  const { client, seen } = await clientOver(
    { body: { ok: true, dry_run: false, forgotten: 2, counts, namespace: 'user-42', receipt } },
    { body: { ok: true, dry_run: true, forgotten: 0, counts, namespace: 'a/b', receipt: null } },
    { body: { ok: true, receipt } },
    { status: 404, body: { error: { code: 'receipt_not_found', message: 'None.' } } },
    page('next'),
    page(null),
  );
  const filter = { 'metadata.plan': 'pro' };
  const gone = await client.forget({ filter, occurredBefore: new Date(0), expectedCount: 2 });
  const told = {
    ...{ id: 'fgt_1', state: 'hidden', selector: 'filter', namespace: null, counts },
    ...{ askedAt: 'a', hidden: { seq: 7, at: 'b' }, erasedAt: null },
    outOfReach: [{ what: 'backups', note: 'n' }],
  };
  expect(gone).toEqual({
    ...{ forgotten: 2, dryRun: false, namespace: 'user-42', counts, receipt: told },
  });
  expect(seen[0]?.body).toEqual({
    namespace: 'user-42',
    filter,
    occurred_before: '1970-01-01T00:00:00.000Z',
    expected_count: 2,
  });
  expect(await client.forgetNamespace({ namespace: 'a/b', dryRun: true })).toMatchObject({
    ...{ forgotten: 0, dryRun: true, counts, receipt: null },
  });
  expect(seen[1]).toMatchObject({ method: 'DELETE' });
  expect(seen[1]?.url).toMatch(/\/v1\/namespaces\/a%2Fb\?dry_run=true$/);
  expect(await client.forgetReceipt('fgt_1')).toEqual(told);
  expect(await client.forgetReceipt('fgt_2')).toBeUndefined();
  const receipts = [];
  for await (const each of client.forgetReceipts({ namespace: 'x' })) receipts.push(each);
  expect(receipts).toEqual([told, told]);
  expect(seen[5]?.url).toMatch(/namespace=x&cursor=next$/);
});

test('sends nothing that could mean a whole namespace when the selector is missing', async () => {
  const refusal = { error: { code: 'empty_selector', message: 'Nothing.' } };
  const { client, seen } = await clientOver({ status: 400, body: refusal });
  const input = { id: undefined, confirm: true };
  await expect(client.forget(input)).rejects.toMatchObject({ code: 'empty_selector' });
  expect(seen[0]?.body).toEqual({ namespace: 'user-42', confirm: true });
});
