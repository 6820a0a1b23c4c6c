/** What was forgotten stands in no byte of the data folder, nor of backups that are restored. */
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compact } from '../../packages/server/src/compose.ts';
import { send } from '../http/scenario.ts';
import { canaries, foundIn, inflected, roots } from './canaries.ts';
import { type Served, World } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const space = `${roots.namespace} of Ann`;
const others = Array.from({ length: 150 }, (_, i) => ({
  value: `Bob said ${i} things on tulips.`,
}));

/** Every field of a memory, versions, turns, imports, and what stands around memories. */
async function plant({ app, client }: Served): Promise<Record<'full' | 'archived', string>> {
  await client.storeMany(others, { namespace: 'bob' });
  await client.storeMany(others, { namespace: space });
  const inSpace = { namespace: space };
  const { json } = await send(app, {
    path: '/v1/memory-set',
    body: {
      namespace: space,
      value: `${inflected('value')} met Dr. ${inflected('entity')} of ${roots.mail}@example.org`,
      metadata: { [inflected('metadataName')]: { deep: [inflected('metadataValue')] } },
      tags: [inflected('tag')],
      speaker: inflected('speaker'),
      type: inflected('type'),
      attachments: [
        { url: `https://example.org/${roots.attachment}.png`, caption: inflected('caption') },
      ],
    },
  });
  const full: string = json().id;
  const key = `${roots.key} home`;
  await client.store({ key, value: `Lives in ${inflected('former')}.`, ...inSpace });
  const fact = await client.store({ key, value: 'Lives in Porto.', ...inSpace });
  await client.update({ id: fact.id, value: `Lives in ${inflected('patched')}.`, ...inSpace });
  await client.update({ id: fact.id, value: 'Lives in Lisbon.', ...inSpace });
  const archived = await client.store({ value: inflected('archived'), ...inSpace });
  await client.archive(archived.id, inSpace);
  for (const said of ['Hello', inflected('turn')]) {
    const value = `User: ${said}\nAssistant: I see.`;
    await client.store({ key: inflected('thread'), value, ...inSpace });
  }
  const lines = `${JSON.stringify({ id: roots.source, memory: inflected('imported') })}\n`;
  await client.importNamespace(lines, { ...inSpace, importId: 'x' });
  const retried = { idempotencyKey: 'retry-1' };
  await client.store({ value: inflected('retried'), ...inSpace }, retried);
  const tags = ['soon gone'];
  await client.store({ value: `Ann knows ${inflected('other')}.`, tags, namespace: 'other' });
  await client.createSnapshot(`before ${inflected('snapshot')}`, inSpace);
  return { full, archived: archived.id };
}

/** Whatever is kept of searches is made of these words now. */
async function searchAll({ client }: Served): Promise<void> {
  for (const canary of canaries) {
    await client.recall({ query: `Who is ${inflected(canary)}?`, namespace: space });
    await client.context({ query: inflected(canary), namespace: space, maxTokens: 500 });
  }
  await client.audit({ namespace: space });
}

async function forgetMemories({ client }: Served, ids: Record<'full' | 'archived', string>) {
  await client.forget({ id: ids.full });
  await client.forget({ id: ids.archived });
  await client.forget({ key: `${roots.key} home`, namespace: space });
  await client.forget({ key: inflected('thread'), namespace: space });
  await client.forget({ namespace: 'other', tags: ['soon gone'], confirm: true });
}
/** What is left until the namespace goes too. */
const ofNamespace = ['imported', 'namespace', 'retried', 'snapshot', 'source'];

const all = [...canaries].sort();
const foundAt = (name: string) => Object.keys(foundIn(world.path(name))).sort();

test('planted in every place, forgotten, compacted: found before, and nowhere after', async () => {
  const first = await world.serve('data');
  const ids = await plant(first);
  await searchAll(first);
  await first.close();
  expect(foundAt('data')).toEqual(all);

  const second = await world.serve('data');
  await searchAll(second);
  await second.backup(world.path('before.tar'));
  expect(foundAt('before.tar')).toEqual(all);
  await forgetMemories(second, ids);
  await searchAll(second);
  await second.backup(world.path('middle.tar'));
  await second.close();
  expect(foundAt('middle.tar')).toEqual(ofNamespace);
  await compact(world.settings('data'));
  expect(foundAt('data')).toEqual(ofNamespace);

  const third = await world.serve('data');
  await searchAll(third);
  await third.client.forgetNamespace({ namespace: space, confirm: true });
  await third.backup(world.path('after.tar'));
  await third.close();
  expect(foundIn(world.path('after.tar'))).toEqual({});
  await compact(world.settings('data'));
  expect(foundIn(world.path('data'))).toEqual({});

  await world.restore('before.tar', 'without');
  expect(foundAt('without')).toEqual(all);
  await world.restore('before.tar', 'again', 'data/erasures.jsonl');
  expect(foundIn(world.path('again'))).toEqual({});
  const again = await world.serve('again');
  expect(await again.found('tulips', 'bob')).not.toEqual([]);
  await again.close();
  for (const folder of ['data', 'without', 'again']) {
    expect([folder, await world.failedChecks(folder)]).toEqual([folder, []]);
  }
  expect(foundIn(world.path('again'))).toEqual({});
});

test('the search for them finds them in any of these forms', () => {
  const path = world.path('file');
  for (const text of [roots.tag.toUpperCase(), inflected('tag'), `"${roots.tag}"`]) {
    for (const shift of ['', 'a', 'ab']) {
      const plain = Buffer.from(`${shift}${text} and more`);
      const wide = Buffer.from(plain.toString(), 'utf16le');
      const base64 = Buffer.from(plain.toString('base64'));
      const forms = [plain, wide, Buffer.from(wide).swap16(), Buffer.from(plain.toString('hex'))];
      for (const form of text === inflected('tag')
        ? [...forms.slice(0, 3), base64]
        : forms.slice(0, 3)) {
        writeFileSync(path, form);
        expect([form.toString('latin1'), foundIn(path)]).toEqual([
          form.toString('latin1'),
          { tag: path },
        ]);
      }
    }
  }
});
