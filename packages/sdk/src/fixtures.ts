/** A small real HTTP server for this package's unit tests, and answers in the wire's shapes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from './json-types.ts';

export interface Seen {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** Text is sent as it is, all else as JSON; undefined cuts the connection. */
  body?: unknown;
  delayMs?: number;
}

export interface TestServer {
  url: string;
  seen: Seen[];
  close(): Promise<void>;
}

/** Answers each request with the next reply; the last one stays. */
export async function startServer(...replies: Reply[]): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers, body: text === '' ? undefined : JSON.parse(text) });
    const reply = replies[Math.min(seen.length, replies.length) - 1] ?? {};
    if (reply.delayMs) await new Promise((done) => setTimeout(done, reply.delayMs));
    if (!('body' in reply)) return response.destroy();
    response.writeHead(reply.status ?? 200, reply.headers);
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

export const wireMemory: JsonObject = {
  id: 'mem_0199-a',
  key: 'home',
  value: { city: 'Porto', since_when: 2021 },
  content: '{"city":"Porto","since_when":2021}',
  namespace: 'user-42',
  kind: 'fact',
  type: 'profile',
  audience: 'user',
  tags: ['place'],
  metadata: { source_url: 'x', Nested_Key: { snake_inside: 1 } },
  speaker: null,
  occurred_at: '2026-03-01T09:00:00.000Z',
  created_at: '2026-03-01T09:00:01.000Z',
  updated_at: '2026-03-01T09:00:02.000Z',
  version: 3,
  archived: false,
  pinned: true,
  importance: 0.5,
  confidence: 0.9,
  trust: 'normal',
  flags: [],
  indexed: { text: true, vector: false },
  expires_at: null,
  valid_from: '2026-01-01T00:00:00.000Z',
  valid_to: null,
  superseded_by: null,
  supersedes: 'mem_0199-0',
  links: [{ type: 'about', id: 'mem_0199-b' }],
  derived_from: ['mem_0199-c'],
  attachments: [{ url: 'https://example.org/a.png', media_type: 'image/png' }],
};
