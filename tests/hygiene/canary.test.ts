/** What is redacted or refused never reaches the disk or an answer; imports included. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { send } from '../http/scenario.ts';

const canary = 'Zq7Canary4Kw';
const secret = `The password is ${canary}`;

async function filesWith(folder: string, word: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    // Words are indexed in lower case.
    if (content.toString('latin1').toLowerCase().includes(word.toLowerCase())) found.push(path);
  }
  return found;
}

/** By every way in, with the secret in every field. */
async function writeEverything(app: RunningApp): Promise<string> {
  const answers: string[] = [];
  const call = async (method: string, path: string, body?: object, raw?: string) => {
    const sent = raw === undefined ? { ...(body && { body }) } : { raw };
    const { text } = await send(app, { method, path, ...sent });
    answers.push(text);
    return JSON.parse(text);
  };
  const everywhere = {
    ...{ value: secret, tags: [secret], metadata: { password: canary, list: [secret] } },
    ...{ type: secret, speaker: secret, attachments: [{ caption: secret }] },
  };
  await call('POST', '/v1/memory-set', everywhere);
  await call('POST', '/v1/memory-set', { ...everywhere, key: 'fact', mode: 'replace' });
  await call('POST', '/v1/memory-set', { value: secret, key: `key password: ${canary}` });
  await call('POST', '/v1/memory-set', { value: { deep: [{ password: canary }] } });
  await call('POST', '/v1/memory/bulk', { items: [everywhere, { value: 'Fine.' }, everywhere] });
  const { id } = await call('POST', '/v1/memory-set', { value: 'Clean.' });
  await call('PATCH', `/v1/memory/${id}`, everywhere);
  const line = { id: 'mem_01890a5d-ac96-774b-bcce-b302099a8057', ...everywhere, kind: 'episode' };
  const times = { occurred_at: '2026-01-01T00:00:00Z', created_at: '2026-01-01T00:00:00Z' };
  const file = `${JSON.stringify({ ...line, ...times, trust: 'normal', origin: 'dream' })}\n`;
  answers.push(
    (await send(app, { method: 'POST', path: '/v1/namespaces/default/import', raw: file })).text,
  );
  await call('POST', '/v1/memory-search', { query: 'The password' });
  await call('GET', '/v1/namespaces/default/audit');
  await call('GET', '/v1/audit');
  return answers.join('\n');
}

test.each(['redact', 'refuse'])('%s: the canary is nowhere', async (policy) => {
  const folder = await mkdtemp(join(tmpdir(), 'reverie-hygiene-'));
  try {
    const env = { REVERIE_DATA_DIR: folder, REVERIE_HYGIENE: policy };
    const app = await openTestApp(env);
    const answers = await writeEverything(app);
    expect(await filesWith(folder, canary)).toEqual([]);
    await app.close();
    expect(answers).not.toContain(canary);
    expect(answers).toContain(policy === 'redact' ? '[redacted:password]' : 'content_refused');
    expect(await filesWith(folder, canary)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('flagged, it is on the disk: the search for it would find it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reverie-hygiene-'));
  try {
    const app = await openTestApp({ REVERIE_DATA_DIR: folder });
    await writeEverything(app);
    await app.close();
    expect((await filesWith(folder, canary)).length).toBeGreaterThan(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});
