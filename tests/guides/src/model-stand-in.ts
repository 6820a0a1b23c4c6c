/**
 * A stand-in for the two model services, on loopback. It has no memory and no knowledge: it answers
 * a question only from the context that it was given, so a sample passes only when recall worked.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { field, listField, textField } from '@reverie/bench/lib/json';

export interface ModelStandIn {
  readonly url: string;
  /** Path and method of every call, in order. */
  readonly calls: readonly string[];
  close(): Promise<void>;
}

/** What it says when the context does not hold the answer. */
export const doesNotKnow = 'I do not know.';

/** The whole "model": known questions, answered by quoting the context. */
export function answer(context: string, question: string): string {
  if (/what design tool/i.test(question)) {
    const tool = /work primarily in (\w+)/i.exec(context)?.[1];
    return tool === undefined ? doesNotKnow : `You mentioned you work primarily in ${tool}.`;
  }
  if (/what database/i.test(question)) {
    const stack = /my stack is ([^.\n]+)/i.exec(context)?.[1];
    const database = /\b(PostgreSQL|MySQL|SQLite)\b/.exec(stack ?? '')?.[0];
    return database === undefined
      ? doesNotKnow
      : `You're using ${database} as part of your ${stack} stack.`;
  }
  return 'Good to know.';
}

/** Starts it on any free port. */
export async function startModelStandIn(): Promise<ModelStandIn> {
  const calls: string[] = [];
  const predictions = new Map<string, object>();
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    respond(request, response, predictions).catch((error: unknown) => {
      reply(response, 500, { detail: String(error) });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = addressOf(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  return address;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  predictions: Map<string, object>,
): Promise<void> {
  const path = request.url ?? '';
  if (request.method === 'GET' && path.startsWith('/v1/predictions/')) {
    const found = predictions.get(path.slice('/v1/predictions/'.length));
    return reply(response, found === undefined ? 404 : 200, found ?? { detail: 'not found' });
  }
  const body = await readJson(request);
  if (path === '/v1/chat/completions') return reply(response, 200, completion(body));
  if (/^\/v1\/models\/[^/]+\/[^/]+\/predictions$/.test(path)) {
    const number = predictions.size + 1;
    const done = prediction(`p${number}`, body, request.headers.host ?? '');
    predictions.set(`p${number}`, done);
    // The service answers an unfinished prediction when it was slow; every first one here is.
    const unfinished = { ...done, status: 'starting', output: null, completed_at: null };
    return reply(response, 201, number % 2 === 1 ? unfinished : done);
  }
  reply(response, 404, { detail: `no route ${path}` });
}

/** The chat completion form of the Mistral API. */
function completion(body: unknown): object {
  const messages = listField(body, 'messages').map((message) => ({
    role: textField(message, 'role'),
    content: textField(message, 'content') ?? '',
  }));
  const context = messages.filter((message) => message.role === 'system');
  const question = messages.filter((message) => message.role === 'user').at(-1)?.content ?? '';
  const content = answer(context.map((message) => message.content).join('\n'), question);
  return {
    id: 'chat-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: textField(body, 'model'),
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

/** The prediction form of the Replicate API: language models put out a list of pieces. */
function prediction(id: string, body: unknown, host: string): object {
  const input = field(body, 'input');
  const text = answer(textField(input, 'system_prompt') ?? '', textField(input, 'prompt') ?? '');
  const at = '2026-01-01T00:00:00.000Z';
  return {
    id,
    model: 'meta/meta-llama-3.1-70b-instruct',
    version: 'hidden',
    input,
    logs: '',
    output: text.split(/(?<= )/),
    data_removed: false,
    error: null,
    status: 'succeeded',
    source: 'api',
    created_at: at,
    started_at: at,
    completed_at: at,
    urls: {
      get: `http://${host}/v1/predictions/${id}`,
      cancel: `http://${host}/v1/predictions/${id}/cancel`,
    },
    metrics: {},
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
