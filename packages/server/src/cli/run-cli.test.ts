/** The command in one process: arguments in, text and exit code out, over a real HTTP server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryError } from '../domain/errors.ts';
import type { CliActions } from './actions.ts';
import { runCli } from './run-cli.ts';

interface Seen {
  method: string | undefined;
  url: string | undefined;
  authorization: string | undefined;
  body: unknown;
}

const memory = {
  id: 'mem_1',
  key: 'home',
  value: 'Lives in \u001b[31mPorto.',
  content: 'Lives in \u001b[31mPorto.',
  namespace: 'ana',
  kind: 'fact',
  tags: ['place'],
  occurred_at: '2026-03-01T09:00:00.000Z',
  created_at: '2026-03-01T09:00:00.000Z',
  version: 1,
};
const replaced = {
  status: 'replaced',
  id: 'mem_1',
  key: 'home',
  namespace: 'ana',
  version: 1,
  created_at: memory.created_at,
  replaced: 'mem_0',
  hint: 'Old and new share no word.',
  memory,
};
const hit = {
  ...memory,
  score: 0.7,
  signals: { vector: 0.5, text: 0.9, entity: 0 },
  matched: { terms: ['porto'], entities: [] },
};
const refused = { error: { code: 'invalid_api_key', message: 'Not known.', hint: 'Check it.' } };

let server: Server;
let url: string;
let folder: string;
let seen: Seen[];
let answer: { status: number; body: unknown };

beforeEach(async () => {
  seen = [];
  folder = mkdtempSync(join(tmpdir(), 'reverie-cli-'));
  server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const { method, url: path, headers } = request;
    const body = text === '' ? undefined : JSON.parse(text);
    seen.push({ method, url: path, authorization: headers.authorization, body });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

interface World {
  env?: Record<string, string>;
  input?: string;
  actions?: Partial<CliActions>;
}

async function run(args: string[], world: World = {}) {
  let out = '';
  let err = '';
  const absent = () => Promise.reject(new Error('absent'));
  const code = await runCli(args, {
    env: { REVERIE_URL: url, ...world.env },
    cwd: folder,
    version: '1.2.3',
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    readInput: async () => world.input ?? '',
    actions: async () => ({
      serve: absent,
      doctor: absent,
      resetRootKey: absent,
      offlineBackup: absent,
      restore: absent,
      compact: absent,
      verify: absent,
      ...world.actions,
    }),
    untilStopped: async () => {},
  });
  return { code, out, err };
}

const embeddings = {
  ok: true,
  pending: 3,
  switching: 1,
  problem: null,
  generations: [
    { generation: 1, model: 'old', dimension: 8, previous: true, available: true, namespaces: 1 },
    { generation: 2, model: 'new', dimension: 4, target: true, pending: 3, refused: 2 },
  ],
};

describe('embeddings', () => {
  it('are shown, rolled back and dropped', async () => {
    answer = { status: 200, body: embeddings };
    const shown = await run(['embeddings']);
    expect(shown.code).toBe(0);
    expect(shown.out.split('\n')).toEqual([
      '1 previous: old (8), 1 namespace, 0 pending',
      '2 target: new (4), 0 namespaces, 3 pending, 2 refused, its embedder is not there',
      '3 vectors to make, 1 namespace changes over.',
      '',
    ]);
    await run(['embeddings', '--rollback']);
    await run(['embeddings', '--drop', '1']);
    expect(seen.map(({ method, url: path }) => `${method} ${path}`)).toEqual([
      'GET /v1/admin/embeddings',
      'POST /v1/admin/embeddings/rollback',
      'DELETE /v1/admin/embeddings/1',
    ]);
  });

  it('are not changed by a wrong use', async () => {
    for (const args of [
      ['--drop', 'all'],
      ['--rollback', '--drop', '1'],
    ]) {
      expect((await run(['embeddings', ...args])).code).toBe(2);
    }
    expect(seen).toEqual([]);
  });
});

describe('audit', () => {
  const finding = { count: 0, rate: 0, reasons: {}, examples: [] };
  const body = {
    ok: true,
    namespace: 'ann b',
    memories: 5,
    looked_at: 4,
    complete: false,
    counting_since: '2026-11-01T09:00:00.000Z',
    query_time_ms: 2000.4,
    classes: {
      duplicates: { ...finding, count: 1, rate: 0.25, examples: [{ id: 'mem_1', of: 'mem_2' }] },
      secrets: {
        ...{ count: 2, rate: 0.5, reasons: { api_key: 2, card_number: 1 } },
        examples: [{ id: 'mem_3' }, { id: 'mem_4' }, { id: 'mem_5' }],
      },
    },
  };

  it('prints a line for each class', async () => {
    answer = { status: 200, body };
    const shown = await run(['audit', 'ann b']);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out.split('\n')).toEqual([
      'ann b: 5 memories, the newest 4 looked at, 2000 ms',
      '1 duplicates (25.0 %): mem_1 = mem_2',
      '0 near duplicates (0.0 %)',
      '0 stale (0.0 %)',
      '0 superseded (0.0 %)',
      '0 never recalled since 2026-11-01 (0.0 %)',
      '0 echoes (0.0 %)',
      '2 secrets (50.0 %): api_key 2, card_number 1: mem_3, mem_4',
      '',
    ]);
    await run(['audit']);
    await run(['audit', '-n', 'bob']);
    expect(seen.map(({ url: path }) => path)).toEqual([
      '/v1/namespaces/ann%20b/audit',
      '/v1/namespaces/default/audit',
      '/v1/namespaces/bob/audit',
    ]);
  });
});

describe('the verbs', () => {
  it('store keeps a text or what comes in', async () => {
    answer = { status: 200, body: replaced };
    const args = ['store', 'x', '-k', 'home', '-t', 'a', 'b', '-n', 'ana', '--mode', 'replace'];
    const { code, out } = await run([...args, '--metadata', '{"a_b":1}', '--ttl-seconds', '60']);
    expect(code).toBe(0);
    expect(out).toBe(
      'Stored in place of the former fact: mem_1 in ana\nOld and new share no word.\n',
    );
    expect(seen[0]?.body).toEqual({
      value: 'x',
      key: 'home',
      namespace: 'ana',
      tags: ['a', 'b'],
      mode: 'replace',
      metadata: { a_b: 1 },
      ttl_seconds: 60,
    });
    await run(['store', '-'], { input: 'from a pipe' });
    expect(seen[1]?.body).toMatchObject({ value: 'from a pipe' });
  });

  it('recall prints hits without what a terminal would obey', async () => {
    answer = {
      status: 200,
      body: { results: [hit], count: 1, query: 'q', query_time_ms: 1.25 },
    };
    const { code, out, err } = await run(['recall', 'q', '--explain', '--limit', '3']);
    expect(code).toBe(0);
    expect(out).toBe(
      '0.70  Lives in [31mPorto.\n      2026-03-01  fact  key home  #place  mem_1\n' +
        '      vector 0.50  text 0.90  entity 0.00  words: porto\n',
    );
    expect(err).toBe('1 hit, 1.3 ms\n');
    expect(seen[0]?.body).toEqual({ query: 'q', limit: 3, explain: true });
    const part = { name: 'vector', raw: 0.5, normalised: 0.5, weight: 0.9, contribution: 0.45 };
    const none = { ...part, name: 'entity', contribution: 0 };
    const explanation = { parts: [part, none, { ...part, name: 'text', contribution: 1 }] };
    answer.body = { results: [{ ...hit, explanation }], count: 1 };
    expect((await run(['recall', 'q', '--explain'])).out).toContain('vector 0.45 + text 1.00\n');
    const factors = [
      { name: 'speaker', value: 0.8 },
      { name: 'question', value: 1 },
    ];
    answer.body = { results: [{ ...hit, explanation: { ...explanation, factors } }], count: 1 };
    const lessened = '(vector 0.45 + text 1.00) x speaker 0.80\n';
    expect((await run(['recall', 'q', '--explain'])).out).toContain(lessened);
    const asJson = await run(['recall', 'q', '--json']);
    expect(JSON.parse(asJson.out).results[0]).toMatchObject({ id: 'mem_1', score: 0.7 });
  });

  it('context prints the block, and what it cost beside it', async () => {
    const citation = { n: 1, id: 'mem_1', namespace: 'ana', occurred_at: memory.occurred_at };
    const body = {
      ...{ context: 'About the user:\n[1] \u001b[31mPorto', tokens: 9, max_tokens: 80 },
      ...{ tokenizer: 'o200k_base', sections: [], citations: [citation], query_time_ms: 2 },
    };
    answer = { status: 200, body };
    const args = ['context', 'q', '--max-tokens', '80', '--system-namespace', 'app'];
    const { code, out, err } = await run(args);
    expect(code).toBe(0);
    expect(out).toBe('About the user:\n[1] [31mPorto\n');
    expect(err).toBe('1 memory, 9 tokens of o200k_base, 2.0 ms\n');
    expect(seen[0]?.body).toEqual({ query: 'q', max_tokens: 80, system_namespace: 'app' });
    answer = { status: 200, body: { ...body, context: '', citations: [], tokens: 0 } };
    const empty = await run(['context', 'q']);
    expect(empty).toMatchObject({ code: 0, out: '' });
    expect(empty.err).toContain('Nothing relevant');
    answer = { status: 200, body: { ...body, context: [{ role: 'system', content: 'x' }] } };
    const messages = await run(['context', 'q', '--format', 'messages']);
    expect(JSON.parse(messages.out)).toEqual([{ role: 'system', content: 'x' }]);
  });

  it('recall asks for a reranker, and tells what the answer had to do without', async () => {
    const reranked = { ...hit, signals: { ...hit.signals, rerank: 4.25 } };
    const body = { results: [reranked], count: 1, query: 'q', query_time_ms: 1 };
    answer = { status: 200, body: { ...body, degraded: ['rerank: no answer within 500 ms'] } };
    const { out, err } = await run(['recall', 'q', '--rerank', '--explain']);
    expect(out).toContain('entity 0.00  rerank 4.25  words: porto');
    expect(err).toBe('without rerank: no answer within 500 ms\n1 hit, 1.0 ms\n');
    expect(seen[0]?.body).toEqual({ query: 'q', rerank: true, explain: true });
    await run(['recall', 'q', '--no-rerank']);
    expect(seen[1]?.body).toEqual({ query: 'q', rerank: false });
  });

  it('recall and context pass filters and times on', async () => {
    const body = { results: [hit], count: 1, query: 'q', query_time_ms: 1, context: '' };
    const may = { from: '2026-05-04T00:00:00.000Z', to: '2026-05-11T12:30:00.000Z' };
    answer = {
      status: 200,
      body: { ...body, time: { ...may, text: 'last week', used: 'filter' } },
    };
    const readAs = '"last week": from 2026-05-04 until 2026-05-11T12:30:00.000Z, only\n';
    const question = [
      ...['--threshold', '0.4', '--tag', 'a', 'b', '--key', 'home', '--kind', 'fact'],
      ...['--type', 'note', '--speaker', 'Ann', '--after', '2026-01-01', '--before', '2026-02-01'],
      ...['--valid-at', '2026-01-05', '--as-of', '2026-01-06'],
      ...['--time', 'filter', '--reference-time', '2026-05-12', '--recency', '0.5'],
    ];
    const asked = {
      ...{ query: 'q', threshold: 0.4, tags: ['a', 'b'], key: 'home', kind: 'fact' },
      ...{ type: 'note', speaker: 'Ann', occurred_after: '2026-01-01' },
      ...{ occurred_before: '2026-02-01', valid_at: '2026-01-05', as_of: '2026-01-06' },
      ...{ time: 'filter', reference_time: '2026-05-12', recency: 0.5 },
    };
    const recall = ['recall', 'q', ...question, '--audience', 'system', '--no-collapse'];
    expect(await run(recall)).toMatchObject({ code: 0, err: `${readAs}1 hit, 1.0 ms\n` });
    expect(seen[0]?.body).toEqual({ ...asked, audience: 'system', collapse: false });
    const context = ['context', 'q', ...question, '--section', 'user', 'memories'];
    expect((await run(context)).err).toContain(readAs);
    expect(seen[1]?.body).toEqual({ ...asked, sections: ['user', 'memories'] });
    for (const verb of ['recall', 'context']) {
      const { out } = await run([verb, '--help']);
      for (const option of question.filter((each) => each.startsWith('--'))) {
        expect(out).toContain(`${option} <`);
      }
    }
  });

  it('list goes over pages up to its limit', async () => {
    answer = { status: 200, body: { results: [memory, memory], next_cursor: 'c', count: 2 } };
    const { out, err } = await run(['list', '--limit', '3', '--json']);
    expect(out.trim().split('\n').length).toBe(3);
    expect(err).toBe('');
    expect(seen.map((each) => each.url)).toEqual([
      '/v1/memory?limit=3',
      '/v1/memory?limit=3&cursor=c',
    ]);
  });

  it('update names what it changes, and history shows every version', async () => {
    const wire = { ...memory, version: 2, updated_at: '2026-03-02T10:00:00.000Z' };
    answer = {
      status: 200,
      body: { ok: true, status: 'updated', id: 'm', version: 2, memory: wire },
    };
    const args = ['update', 'mem_1', '--value', 'new', '-t', 'a', '--metadata', '{"x":null}'];
    expect(await run([...args, '--no-pin', '--if-version', '1'])).toMatchObject({
      code: 0,
      out: 'Changed: m, version 2\n',
    });
    expect(seen[0]).toMatchObject({ method: 'PATCH', url: '/v1/memory/mem_1' });
    expect(seen[0]?.body).toEqual({
      ...{ value: 'new', tags: ['a'], metadata: { x: null }, pinned: false, if_version: 1 },
    });
    expect((await run(['update', 'mem_1'])).code).toBe(2);
    expect((await run(['update', 'mem_1', '--if-version', 'x'])).code).toBe(2);
    expect((await run(['archive', 'mem_1'])).out).toBe('Changed: m, version 2\n');
    expect(seen[1]).toMatchObject({ method: 'POST', url: '/v1/memory/mem_1/archive' });
    const chain = { before: [{ ...wire, id: 'mem_0', version: 1 }], after: [] };
    answer = { status: 200, body: { ok: true, id: 'm', versions: [wire], chain, complete: true } };
    const { out } = await run(['history', 'mem_1']);
    expect(out).toMatch(/^ {2}2 {2}2026-03-02 10:00:00 .*\n {2}1 .*\(replaced, was mem_0\)\n$/);
  });

  it('forget erases by id or by key, never by neither or both', async () => {
    answer = { status: 200, body: { forgotten: 2, namespace: 'default', receipt: null } };
    expect(await run(['forget', '--key', 'home'])).toMatchObject({
      code: 0,
      out: '2 memories are gone.\n',
    });
    expect(seen[0]?.body).toEqual({ key: 'home' });
    expect((await run(['forget'])).code).toBe(2);
    expect((await run(['forget', 'mem_1', '-k', 'home'])).code).toBe(2);
    expect(seen.length).toBe(1);
  });

  it('forget counts many first, and does it when it is told how many', async () => {
    const counts = { memories: 3, derived: 1, versions: 1, vectors: 3, attachments: 0 };
    answer = { status: 200, body: { dry_run: true, forgotten: 0, counts } };
    const by = ['forget', '-n', 'ann', '-t', 'work'];
    expect((await run(by)).out).toBe(
      '3 memories (1 made of others, 1 former version) would go. Nothing is forgotten yet.\n' +
        'To forget: the same with --expect 3\n',
    );
    await run([...by, '--expect', '3']);
    await run(['forget', '-n', 'ann', '--everything', '--confirm']);
    expect(seen.map(({ body }) => body)).toEqual([
      { namespace: 'ann', tags: ['work'], dry_run: true },
      { namespace: 'ann', tags: ['work'], dry_run: false, expected_count: 3 },
      undefined,
    ]);
    expect(seen[2]?.url).toContain('/v1/namespaces/ann?dry_run=false&confirm=true');
    expect((await run(['forget', '--everything', '--confirm'])).err).toContain('--namespace');
    expect((await run([...by, '--everything'])).code).toBe(2);
    expect(seen).toHaveLength(3);
  });
});

describe('the key', () => {
  beforeEach(() => {
    answer = { status: 200, body: { forgotten: 0 } };
    writeFileSync(join(folder, 'root.key'), 'sk-rev-local\n');
  });
  const local = () => ({ REVERIE_DATA_DIR: folder });

  it('comes from the flag, else the environment, else the data folder', async () => {
    const env = { ...local(), REVERIE_API_KEY: 'from-env' };
    await run(['forget', 'mem_1', '--api-key', 'from-flag'], { env });
    await run(['forget', 'mem_1'], { env });
    await run(['forget', 'mem_1'], { env: local() });
    expect(seen.map((each) => each.authorization)).toEqual([
      'Bearer from-flag',
      'Bearer from-env',
      'Bearer sk-rev-local',
    ]);
  });

  it('of the data folder is not sent to another machine', async () => {
    const { code, err } = await run(['forget', 'mem_1'], {
      env: { ...local(), REVERIE_URL: 'http://reverie.invalid:1' },
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^network_error: /);
    // The same host under a name that is not loopback by its looks.
    const named = url.replace('127.0.0.1', '0.0.0.0');
    await run(['forget', 'mem_1'], { env: { ...local(), REVERIE_URL: named } });
    expect(seen.map((each) => each.authorization)).toEqual([undefined]);
  });
});

describe('failures', () => {
  it('are a code, a sentence and a hint, and exit 1', async () => {
    answer = { status: 401, body: refused };
    expect(await run(['recall', 'q'])).toEqual({
      code: 1,
      out: '',
      err: 'invalid_api_key: Not known.\nCheck it.\n',
    });
    const { err } = await run(['recall', 'q', '--json']);
    expect(JSON.parse(err)).toEqual(refused);
  });

  it.each([
    [['fly']],
    [['recall']],
    [['recall', 'q', '--limit', 'many']],
    [['recall', 'q', '--nope']],
    [['recall', 'q', '--time', 'perhaps']],
    [['context', 'q', '--recency', 'much']],
    [['store', 'x', '--mode', 'maybe']],
    [['store', 'x', '--metadata', '[1]']],
    [['store', 'x', '--url', 'nowhere']],
    [['serve', '--port', '70000']],
    [[]],
  ])('of usage exit 2: %j', async (args) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('name an unknown setting', async () => {
    const { code, err } = await run(['doctor'], { env: { REVERIE_PROT: '1' } });
    expect(code).toBe(2);
    expect(err).toContain('Did you mean REVERIE_PORT?');
  });
});

describe('the server’s own commands', () => {
  it('serve runs until it is stopped, then closes', async () => {
    const calls: unknown[] = [];
    const { code, out } = await run(['serve', '--port', '0', '--data-dir', 'here'], {
      actions: {
        async serve(settings) {
          calls.push(settings.port, settings.dataDir);
          return {
            url: 'http://127.0.0.1:1',
            notes: ['The root key is in here/root.key'],
            close: async () => {
              calls.push('closed');
            },
          };
        },
      },
    });
    expect(code).toBe(0);
    expect(out).toBe('Reverie is at http://127.0.0.1:1\nThe root key is in here/root.key\n');
    expect(calls).toEqual([0, join(folder, 'here'), 'closed']);
  });

  it('serve tells who holds the folder', async () => {
    const { code, err } = await run(['serve'], {
      actions: {
        serve: () => Promise.reject(new MemoryError('folder_locked', 'Process 7 holds it.')),
      },
    });
    expect(code).toBe(1);
    expect(err).toBe(
      'folder_locked: Process 7 holds it.\nStop it, or use another REVERIE_DATA_DIR.\n',
    );
  });

  it('doctor fails when a check does', async () => {
    const checks = [
      { name: 'disk', ok: true, detail: '4 GB free' },
      { name: 'fsync', ok: false, detail: 'none seen' },
    ];
    const { code, out } = await run(['doctor'], { actions: { doctor: async () => ({ checks }) } });
    expect(code).toBe(1);
    expect(out).toBe('ok    disk   4 GB free\nFAIL  fsync  none seen\n1 of 2 need a look.\n');
    const well = await run(['doctor', '--json'], {
      actions: { doctor: async () => ({ checks: checks.slice(0, 1) }) },
    });
    expect(well.code).toBe(0);
    expect(JSON.parse(well.out)).toEqual({ ok: true, checks: checks.slice(0, 1) });
  });

  it('keys reset prints the key alone on standard output', async () => {
    const { out, err } = await run(['keys', 'reset'], {
      actions: { resetRootKey: async () => ({ key: 'sk-rev-new', path: '/x/root.key' }) },
    });
    expect(out).toBe('sk-rev-new\n');
    expect(err).toContain('/x/root.key');
  });

  it('has a version and help', async () => {
    expect(await run(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n' });
    const { code, out } = await run(['serve', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('--index-memory-mb');
    expect(out).not.toContain('root-key');
  });
});
