/** A service on loopback: says what a test tells it to, and keeps what it was sent. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RemoteVendor } from './vendors.ts';

export interface Sent {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

export interface FakeService {
  readonly url: string;
  readonly sent: readonly Sent[];
  /** Most requests that were open at once. */
  readonly openMax: number;
  close(): Promise<void>;
}

/** Answers a request; `number` counts from 1. */
export type Answer = (sent: Sent, response: ServerResponse, number: number) => void;

export async function openFakeService(answer: Answer): Promise<FakeService> {
  const sent: Sent[] = [];
  let open = 0;
  let openMax = 0;
  const server = createServer(async (request, response) => {
    open += 1;
    openMax = Math.max(openMax, open);
    response.once('close', () => {
      open -= 1;
    });
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const text = Buffer.concat(pieces).toString();
    const body = text === '' ? {} : JSON.parse(text);
    const one = { path: request.url ?? '', headers: request.headers, body };
    sent.push(one);
    answer(one, response, sent.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    sent,
    get openMax() {
      return openMax;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export interface Fixture {
  readonly source: string;
  /** The documented answer to two texts. */
  readonly answer: unknown;
  readonly refusal: unknown;
}

export function readFixture(vendor: RemoteVendor): Fixture {
  return JSON.parse(readFileSync(new URL(`./fixtures/${vendor}.json`, import.meta.url), 'utf8'));
}

/** The texts of a request, wherever the vendor keeps them. */
export function textsOf({ body }: Sent): string[] {
  const google = Array.isArray(body.requests) ? body.requests : [body];
  const parts = google.flatMap((request) => request.content?.parts ?? []);
  const texts = [body.input, body.texts, body.inputs, parts.map((part) => part.text)].flat();
  return texts.filter((text): text is string => typeof text === 'string');
}

/** An answer in the vendor's shape. */
export function answerOf(vendor: RemoteVendor, sent: Sent, dimension: number): unknown {
  const vectors = textsOf(sent).map((text) => hashedVector(text, dimension));
  if (vendor === 'huggingface') return vectors;
  if (vendor === 'cohere') {
    return { embeddings: { float: vectors }, meta: { billed_units: { input_tokens: 1 } } };
  }
  if (vendor === 'google') {
    const [only] = vectors;
    const isOne = sent.path.endsWith(':embedContent');
    return isOne
      ? { embedding: { values: only } }
      : { embeddings: vectors.map((values) => ({ values })) };
  }
  const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding }));
  return {
    object: 'list',
    data,
    model: 'test-model',
    usage: { prompt_tokens: 1, total_tokens: 1 },
  };
}

/** Texts that share words are near each other; the length is not 1. */
export function hashedVector(text: string, dimension: number): number[] {
  const vector = new Array<number>(dimension).fill(0);
  for (const word of text.toLowerCase().split(/\s+/)) {
    let hash = 2_166_136_261;
    for (const char of word) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619);
    const at = (hash >>> 1) % dimension;
    vector[at] = (vector[at] ?? 0) + (hash & 1 ? 3 : -3);
    vector[(at + 7) % dimension] = (vector[(at + 7) % dimension] ?? 0) + 1;
  }
  return vector;
}
