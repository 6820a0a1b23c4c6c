import { expect, test } from 'vitest';
import { clientOver } from './client-over.test.helper.ts';

test('reads and changes the settings of a namespace', async () => {
  const body = { name: 'a', memories: 0, created_at: 'x', changed_at: 'y', version: 1 };
  const missing = { error: { code: 'namespace_not_found', message: 'None.' } };
  const { client, seen } = await clientOver(
    { body: { ...body, default_mode: 'append' } },
    {
      body: {
        ...{ ...body, default_mode: 'replace', version: 2 },
        hygiene: { secrets: 'redact', cards: 'flag', instructions: 'off' },
      },
    },
    { status: 404, body: missing },
  );
  const hygiene = { secrets: 'flag', cards: 'flag', instructions: 'flag' };
  const shown = { name: 'a', memories: 0, createdAt: 'x', changedAt: 'y', hygiene };
  expect(await client.namespace()).toEqual({ ...shown, defaultMode: 'append', version: 1 });
  const update = {
    namespace: 'b',
    defaultMode: 'replace',
    ifVersion: 1,
    hygiene: { secrets: 'redact', instructions: 'off' },
  } as const;
  const changed = {
    ...{ ...shown, defaultMode: 'replace', version: 2 },
    hygiene: { secrets: 'redact', cards: 'flag', instructions: 'off' },
  };
  expect(await client.updateNamespace(update)).toEqual(changed);
  expect(seen[0]?.url).toBe('/v1/namespaces/user-42');
  expect(seen[1]).toMatchObject({
    ...{ method: 'PATCH', url: '/v1/namespaces/b' },
    body: {
      ...{ default_mode: 'replace', if_version: 1 },
      hygiene: { secrets: 'redact', instructions: 'off' },
    },
  });
  expect(await client.namespace()).toBeUndefined();
});
