/** Names, pages of browsers, and what every answer says to them, over a real socket. */
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunningApp } from '../../packages/server/src/compose.ts';
import { type Listening, listen } from '../../packages/server/src/http/listen.ts';
import { openTestApp } from './open-test-app.ts';
import { rootKey } from './scenario.ts';

let app: RunningApp | undefined;
let listening: Listening | undefined;

afterEach(async () => {
  await listening?.close(0);
  await app?.close();
});

async function start(env: Record<string, string> = {}): Promise<void> {
  app = await openTestApp(env);
  listening = await listen(app.fetch, { port: 0, host: '127.0.0.1' });
}

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const withKey = { Authorization: `Bearer ${rootKey}` };

/** fetch would not let a test choose the Host. */
function ask({ path = '/v1/namespaces', method = 'GET', headers = withKey, body }: Asked) {
  const url = new URL(path, listening?.url);
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const sent = request(url, { method, headers: { ...withKey, ...headers } }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    },
  );
}

describe('on a loopback address', () => {
  it.each(['localhost', '127.0.0.1:7360', '[::1]:7360', 'LOCALHOST:1', '127.9.9.9'])(
    'the server answers as %s',
    async (host) => {
      await start();
      expect((await ask({ headers: { Host: host } })).status).toBe(200);
    },
  );

  it.each(['evil.example', 'evil.example:7360', 'localhost.evil.example', '192.168.1.4', 'a b'])(
    'a name that strangers lead here is refused: %s',
    async (host) => {
      await start();
      for (const path of ['/v1/namespaces', '/health', '/docs']) {
        const { status, text } = await ask({ path, headers: { Host: host } });
        expect(status).toBeGreaterThanOrEqual(400);
        expect(text).toMatch(/"host_not_allowed"|"invalid_http"/);
      }
    },
  );

  it('answers under a name that a setting adds, for its pages too', async () => {
    await start({ REVERIE_ALLOWED_HOSTS: 'memory.example, other.example' });
    const headers = { Host: 'Memory.example:8443', Origin: 'https://memory.example' };
    expect((await ask({ headers })).status).toBe(200);
    expect((await ask({ headers: { Host: 'evil.example' } })).status).toBe(403);
  });

  it.each(['https://evil.example', 'null', 'http://localhost:3000', 'file://'])(
    'a page of %s may not ask',
    async (origin) => {
      await start();
      const { status, text } = await ask({ headers: { Host: 'localhost:7360', Origin: origin } });
      expect({ status, code: JSON.parse(text).error.code }).toEqual({
        status: 403,
        code: 'origin_not_allowed',
      });
    },
  );

  it('its own pages may ask', async () => {
    await start();
    const headers = { Host: 'localhost:7360', Origin: 'http://localhost:7360' };
    expect((await ask({ headers })).status).toBe(200);
  });
});

describe('on another address', () => {
  it('every name is answered until names are set', async () => {
    await start({ REVERIE_HOST: '0.0.0.0' });
    expect((await ask({ headers: { Host: 'any.example' } })).status).toBe(200);
  });

  it('only those that are set, and those of this machine', async () => {
    await start({ REVERIE_HOST: '0.0.0.0', REVERIE_ALLOWED_HOSTS: 'memory.example' });
    expect((await ask({ headers: { Host: 'any.example' } })).status).toBe(403);
    expect((await ask({ headers: { Host: 'memory.example' } })).status).toBe(200);
    expect((await ask({ headers: { Host: 'localhost' } })).status).toBe(200);
  });

  it('health answers under any name: whoever watches asks for an address', async () => {
    await start({ REVERIE_HOST: '0.0.0.0', REVERIE_ALLOWED_HOSTS: 'memory.example' });
    const headers = { Host: '10.1.2.3:7360' };
    for (const path of ['/health', '/health/live', '/health/ready']) {
      expect((await ask({ path, headers })).status).toBe(200);
    }
    expect((await ask({ path: '/metrics', headers })).status).toBe(403);
  });
});

describe('pages of other origins', () => {
  const origin = 'https://app.example';
  const preflight = {
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
  };

  it('are not let in by default', async () => {
    await start({ REVERIE_HOST: '0.0.0.0' });
    const { headers } = await ask({ headers: { Origin: origin } });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect((await ask(preflight)).headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('are let in when they are named, without credentials, errors included', async () => {
    await start({ REVERIE_CORS_ORIGINS: `${origin},http://localhost:3000` });
    const allowed = await ask(preflight);
    expect(allowed.status).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-headers': expect.stringContaining('Authorization'),
    });
    const refused = await ask({ headers: { Origin: origin, Authorization: 'Bearer wrong' } });
    expect(refused.status).toBe(401);
    expect(refused.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': expect.stringContaining('X-RateLimit-Remaining'),
    });
    for (const { headers } of [allowed, refused]) {
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    }
    const other = await ask({ headers: { Origin: 'https://evil.example' } });
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each(['*', 'app.example', 'https://app.example/', 'https://*.example', 'null'])(
    'cannot be named as %s',
    (value) => {
      expect(() => openTestApp({ REVERIE_CORS_ORIGINS: value })).toThrow('origins');
    },
  );
});

describe('every answer', () => {
  it.each([
    ['/health', 200],
    ['/docs', 200],
    ['/openapi.json', 200],
    ['/v1/namespaces', 200],
    ['/nowhere', 404],
    ['/v1/namespaces/missing', 404],
  ])('of %s tells browsers to keep out', async (path, status) => {
    await start();
    const answer = await ask({ path });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'x-request-id': expect.any(String),
    });
    expect(answer.headers).not.toHaveProperty('x-powered-by');
    expect(answer.headers).not.toHaveProperty('strict-transport-security');
  });

  it('tells browsers to stay with TLS where the server has it', async () => {
    await start({ REVERIE_TLS_CERT: 'cert.pem', REVERIE_TLS_KEY: 'key.pem' });
    const { headers } = await ask({ path: '/health' });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('of a stream does too, and /docs may have its styles', async () => {
    await start();
    await ask({ method: 'POST', path: '/v1/memory-set', body: '{"value":"a"}' });
    const stream = await ask({ path: '/v1/namespaces/default/export' });
    expect(stream.headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
    expect(stream.text).toContain('reverie_export_end');
    const { headers } = await ask({ path: '/docs' });
    expect(headers['content-security-policy']).toContain("style-src 'unsafe-inline'");
  });
});

describe('more requests than the server takes', () => {
  it('are told to come back, while health answers, until one is done', async () => {
    await start({ REVERIE_MAX_REQUESTS: '1' });
    const url = new URL('/v1/memory-set', listening?.url);
    const headers = { ...withKey, 'Content-Length': '13', Expect: '100-continue' };
    const first = request(url, { method: 'POST', headers });
    const done = new Promise<number>((resolve) => {
      first.on('response', (response) => resolve(response.resume().statusCode ?? 0));
    });
    const taken = new Promise((resolve) => first.once('continue', resolve));
    first.flushHeaders();
    await taken;
    const refused = await ask({});
    expect(refused.status).toBe(503);
    expect(refused.headers).toHaveProperty('retry-after');
    expect(JSON.parse(refused.text).error.code).toBe('overloaded');
    expect((await ask({ path: '/health/ready' })).status).toBe(200);
    first.end('{"value":"a"}');
    expect(await done).toBe(200);
    expect((await ask({})).status).toBe(200);
  });
});

describe('a tenant with as many slow imports as it can get', () => {
  it('leaves room for others, and has its own again when one ends', async () => {
    await start({ REVERIE_MAX_REQUESTS: '8' });
    const body = JSON.stringify({ name: 'Acme' });
    const made = await ask({ path: '/v1/admin/tenants', method: 'POST', body });
    const headers = { Authorization: `Bearer ${JSON.parse(made.text).key}` };
    const slow = await Promise.all([1, 2].map((n) => beginImport(`slow${n}`, headers)));
    const refused = await ask({ headers });
    expect(refused.status).toBe(503);
    expect(refused.headers).toHaveProperty('retry-after');
    expect(JSON.parse(refused.text).error).toMatchObject({
      code: 'overloaded',
      details: { limit: 2 },
    });
    expect((await ask({})).status).toBe(200);
    const done = new Promise((resolve) => slow[0]?.once('close', resolve));
    slow[0]?.end('{"value":"at last"}');
    await done;
    expect((await ask({ headers })).status).toBe(200);
    slow[1]?.destroy();
  });
});

/** Resolves when the server has begun to read it. */
async function beginImport(namespace: string, headers: Record<string, string>) {
  const url = new URL(`/v1/namespaces/${namespace}/import`, listening?.url);
  const more = { 'Content-Type': 'application/x-ndjson', Expect: '100-continue' };
  const sent = request(url, { method: 'POST', headers: { ...headers, ...more } });
  sent.on('response', (response) => response.resume());
  sent.on('error', () => undefined);
  const taken = new Promise((resolve) => sent.once('continue', resolve));
  sent.flushHeaders();
  await taken;
  return sent;
}

describe('a server that is stopping', () => {
  it('is not ready, and ends each connection with its answer', async () => {
    await start();
    app?.drain();
    const { status, headers, text } = await ask({ path: '/health/ready' });
    expect(status).toBe(503);
    expect(headers.connection).toBe('close');
    expect(JSON.parse(text)).toMatchObject({ ok: false, checks: { server: 'stopping' } });
  });
});
