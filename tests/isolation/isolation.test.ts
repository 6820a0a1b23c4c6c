/** Every route against every weaker key: nobody reads, changes or finds out what others have. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { rootKey, send } from '../http/scenario.ts';
import { linesOf } from '../http/transfer.ts';
import { read, root } from '../source-files.ts';
import { type Attacker, call, canary, makeAttackers, makeVictim } from './attackers.ts';
import { type Attack, attacks, type Foreign } from './attacks.ts';

const operations = Object.entries<Record<string, unknown>>(
  JSON.parse(read('docs/openapi.json')).paths,
).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

let app: RunningApp;
let victim: Awaited<ReturnType<typeof makeVictim>>;
let attackers: Attacker[];
let before: string[];

beforeAll(async () => {
  app = await openTestApp();
  victim = await makeVictim(app);
  attackers = await makeAttackers(app, victim.admin);
  before = await stateOf();
});
afterAll(() => app.close());

/** All that the victim has, as the victim sees it. */
async function stateOf(): Promise<string[]> {
  const { foreign, admin } = victim;
  const space = encodeURIComponent(foreign.namespace);
  const exported: string[] = [];
  for (const name of [space, 'open']) {
    const path = `/v1/namespaces/${name}/export?history=true`;
    const { text } = await send(app, { key: admin, path });
    // The first line, the last one and the cursors tell when it was exported.
    for (const line of linesOf(text).slice(1, -1)) {
      exported.push(JSON.stringify({ ...line, cursor: undefined }));
    }
  }
  const paths = [`/v1/namespaces/${space}/snapshots`, `/v1/forget?namespace=${space}`, '/v1/keys'];
  paths.push(`/v1/dreams?namespace=${space}`, `/v1/dream-schedules?namespace=${space}`);
  paths.push('/v1/webhooks', `/v1/webhooks/${foreign.webhookId}/deliveries`);
  const texts: string[] = [];
  for (const path of paths) texts.push((await send(app, { key: admin, path })).text);
  const { results } = await call(app, rootKey, 'GET', '/v1/admin/tenants');
  return [...exported, ...texts, JSON.stringify(results)];
}

async function answer(key: string | null, method: string, attack: Attack) {
  const { path, body, raw } = attack;
  const type = raw === undefined ? {} : { headers: { 'Content-Type': 'application/x-ndjson' } };
  const request = { key, method, path, ...(body ? { body } : {}), ...(raw ? { raw } : {}) };
  if (path.startsWith('/v1/events')) return listen(key, path);
  const { response, text } = await send(app, { ...request, ...type });
  return { status: response.status, text };
}

/** A stream has no end: what it says in a short time is its answer. */
async function listen(key: string | null, path: string) {
  const headers = key === null ? {} : { Authorization: `Bearer ${key}` };
  const response = await app.fetch(new Request(`http://reverie.test${path}`, { headers }));
  if (!response.ok) return { status: response.status, text: await response.text() };
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const end = setTimeout(() => void reader?.cancel(), 50);
  let text = '';
  for (;;) {
    const part = await reader?.read();
    if (!part || part.done) break;
    text += part.value;
  }
  clearTimeout(end);
  return { status: response.status, text };
}

/** Another tenant may have a namespace of the same name by now. */
function secretsFrom(attacker: string): string[] {
  const { namespace, memoryId, snapshotId, receiptId, keyId, tenantId } = victim.foreign;
  const { dreamId, scheduleId, webhookId, deliveryId } = victim.foreign;
  const ids = [memoryId, snapshotId, receiptId, dreamId, scheduleId, keyId, webhookId, deliveryId];
  return attacker === 'other tenant' ? [...ids, tenantId] : [...ids, namespace];
}

/** What nobody has, in the same form. */
function missing(of: Foreign): Foreign {
  const other = (id: string) => id.replace(/.{6}$/, '000000');
  return {
    ...of,
    ...{ namespace: 'nowhere', key: 'nothing', word: 'nothing' },
    ...{ memoryId: other(of.memoryId), snapshotId: other(of.snapshotId) },
    ...{
      receiptId: other(of.receiptId),
      dreamId: other(of.dreamId),
      scheduleId: other(of.scheduleId),
      keyId: other(of.keyId),
      tenantId: other(of.tenantId),
    },
    ...{ webhookId: other(of.webhookId), deliveryId: other(of.deliveryId) },
  };
}

/** Status by operation and attacker, for the table. */
const seen = new Map<string, Map<string, Set<number>>>();

describe.each(operations)('%s', (operation) => {
  const [method = ''] = operation.split(' ');

  it('has attacks', () => expect(attacks[operation], 'add them to attacks.ts').toBeDefined());

  it('tells nothing of what others have, and changes nothing', async () => {
    const row = new Map<string, Set<number>>();
    seen.set(operation, row);
    for (const { name, key } of attackers) {
      const statuses = new Set<number>();
      row.set(name, statuses);
      const requests = attacks[operation]?.(victim.foreign) ?? [];
      const nowhere = attacks[operation]?.(missing(victim.foreign)) ?? [];
      for (const [i, attack] of requests.entries()) {
        const { status, text } = await answer(key, method, attack);
        statuses.add(status);
        const told = `${name}: ${JSON.stringify(attack)} answered ${status}`;
        expect(status, told).toBeLessThan(500);
        expect(text, told).not.toContain(canary);
        const asked = decodeURIComponent(JSON.stringify(attack));
        for (const id of secretsFrom(name)) {
          expect(!text.includes(id) || asked.includes(id), `${told} with ${id}`).toBe(true);
        }
        const other = nowhere[i];
        if (other === undefined || !isAlike(operation)) continue;
        expect((await answer(key, method, other)).status, `${told}, as if missing`).toBe(status);
      }
      expect(await stateOf(), `after ${name}`).toEqual(before);
    }
  });
});

/** A cursor of a namespace that is not there is refused for its form, not for its rights. */
function isAlike(operation: string): boolean {
  return !operation.includes('export');
}

it('lets the key of the namespace find all of it, and nothing else', async () => {
  const { own, foreign } = victim;
  const { namespace, memoryId, receiptId } = foreign;
  const question = { namespace, query: 'heron' };
  const found = await call(app, own, 'POST', '/v1/memory/search', question);
  expect(JSON.stringify(found)).toContain(`A ${canary} heron.`);
  expect((await call(app, own, 'GET', `/v1/memory/${memoryId}`)).memory.id).toBe(memoryId);
  const { results } = await call(app, own, 'GET', '/v1/namespaces');
  expect(results.map(({ name }: { name: string }) => name)).toEqual([namespace]);
  const { receipt } = await call(app, own, 'GET', `/v1/forget/${receiptId}`);
  expect(receipt).toMatchObject({ id: receiptId, namespace });
  await expect(call(app, own, 'GET', '/v1/memory?namespace=open')).rejects.toThrow(
    'permission_denied',
  );
});

describe('the table in docs/guarantees.md', () => {
  it('says what happened (UPDATE_ISOLATION=1 writes it anew)', () => {
    const names = attackers.map(({ name }) => name);
    const lines = operations.map((operation) => {
      const row = seen.get(operation);
      const cells = names.map((name) => [...(row?.get(name) ?? [])].sort().join(' '));
      return `| \`${operation}\` | ${cells.join(' | ')} |`;
    });
    const table = [
      `| route | ${names.join(' | ')} |`,
      `| --- |${' --- |'.repeat(names.length)}`,
      ...lines,
    ].join('\n');
    const file = join(root, 'docs/guarantees.md');
    const text = readFileSync(file, 'utf8');
    const marked = /(<!-- table -->\n)[\s\S]*(\n<!-- end -->)/;
    const wanted = text.replace(marked, (_, open, end) => `${open}${table}${end}`);
    if (process.env.UPDATE_ISOLATION) writeFileSync(file, wanted);
    else expect(text).toBe(wanted);
  });
});
