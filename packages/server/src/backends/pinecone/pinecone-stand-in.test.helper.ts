/**
 * Pinecone's documented API on loopback, for tests: acknowledged writes are indexed later, limits
 * are kept, and it can be told to be busy or broken.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { fieldOf, listOf, numberOf, textOf } from '../vector-service/read-answer.ts';

export interface PineconeStandIn {
  readonly url: string;
  readonly key: string;
  /** What was asked, as `POST /query`. */
  readonly asked: readonly string[];
  /**
   * The status of each answer to come, 0 for a connection that is closed without one; once they are
   * used up it is well again.
   */
  trouble: number[];
  /** Writes that a query indexes before it answers; 0 keeps them waiting. */
  indexedPerQuery: number;
  /** Indexes that a project may have. */
  indexesMax: number;
  close(): Promise<void>;
}

interface Stored {
  readonly values: Float64Array;
  readonly metadata: unknown;
}

interface Space {
  readonly vectors: Map<string, Stored>;
  /** Acknowledged, not indexed. */
  readonly waiting: (() => void)[];
  written: number;
  indexed: number;
}

interface Index {
  readonly name: string;
  readonly dimension: number;
  readonly tags: Record<string, unknown>;
  readonly spaces: Map<string, Space>;
}

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const bodyBytesMax = 2 * 1024 * 1024;

export async function openPineconeStandIn(key = 'pc-test'): Promise<PineconeStandIn> {
  const indexes = new Map<string, Index>();
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const text = await textFrom(request);
    asked.push(`${request.method} ${request.url}`);
    if (standIn.trouble[0] === 0) {
      standIn.trouble.shift();
      request.socket.destroy();
    } else send(response, answerTo(request, text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const standIn: PineconeStandIn = {
    ...{ url: `http://127.0.0.1:${port}`, key, asked, trouble: [] },
    ...{ indexedPerQuery: 2, indexesMax: 20 },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  function answerTo(request: IncomingMessage, text: string): Answer {
    const trouble = standIn.trouble.shift();
    if (trouble !== undefined) return refusal(trouble, 'as the test wishes');
    if (request.headers['api-key'] !== key) return { status: 401, body: 'Invalid API Key' };
    if (!request.headers['x-pinecone-api-version']) return refusal(400, 'no version of the API');
    const body: unknown = text === '' ? {} : JSON.parse(text);
    const [, room = '', name = '', ...rest] = (request.url ?? '').split('/');
    if (room === 'indexes') return toControl(request.method ?? '', name, body);
    const index = indexes.get(name);
    if (room !== 'data' || !index) return refusal(404, 'there is no such index');
    if (text.length > bodyBytesMax) return refusal(400, 'a request may have 2 MB');
    return toData(standIn, index, rest.join('/'), body);
  }

  function toControl(method: string, name: string, body: unknown): Answer {
    if (method === 'POST') return make(body);
    if (name === '') return { body: { indexes: [...indexes.values()].map(described) } };
    const index = indexes.get(name);
    if (!index) return refusal(404, `Resource ${name} not found`);
    if (method === 'PATCH') Object.assign(index.tags, fieldOf(body, 'tags'));
    if (method === 'DELETE') {
      indexes.delete(name);
      return { status: 202 };
    }
    return { body: described(index) };
  }

  function make(body: unknown): Answer {
    const name = textOf(body, 'name') ?? '';
    const { region } = { region: textOf(body, 'spec', 'serverless', 'region') };
    if (!/^[a-z0-9-]{1,45}$/.test(name)) return refusal(400, 'the name of an index is not valid');
    if (region !== 'us-east-1')
      return refusal(404, `Resource cloud: aws region: ${region} not found`);
    if (indexes.has(name)) return refusal(409, 'Resource already exists');
    if (indexes.size >= standIn.indexesMax) return refusal(403, "You've reached the max indexes");
    const dimension = numberOf(body, 'dimension') ?? 0;
    const tags = { ...(fieldOf(body, 'tags') as object | undefined) };
    indexes.set(name, { name, dimension, tags, spaces: new Map() });
    return { status: 201, body: {} };
  }

  const described = ({ name, dimension, tags }: Index): unknown => ({
    ...{ name, dimension, tags, metric: 'cosine', vector_type: 'dense' },
    host: `${standIn.url}/data/${name}`,
    status: { ready: true, state: 'Ready' },
  });
  return standIn;
}

function toData(standIn: PineconeStandIn, index: Index, what: string, body: unknown): Answer {
  const name = textOf(body, 'namespace') ?? '__default__';
  const space = index.spaces.get(name);
  if (what === 'describe_index_stats') {
    const counts = [...index.spaces].map(([each, { vectors }]) => [
      each,
      { vectorCount: vectors.size },
    ]);
    return { body: { namespaces: Object.fromEntries(counts), dimension: index.dimension } };
  }
  if (what === 'vectors/upsert') return upsert(index, name, listOf(body, 'vectors'));
  if (what === 'query') return space ? query(standIn, space, body) : { body: { matches: [] } };
  if (what !== 'vectors/delete') return refusal(404, 'not found');
  if (!space) return refusal(404, 'Namespace not found');
  const keep = fieldOf(body, 'deleteAll') === true ? () => false : unlike(fieldOf(body, 'filter'));
  return written(space, () => {
    for (const [id, { metadata }] of space.vectors) if (!keep(metadata)) space.vectors.delete(id);
  });
}

function upsert(index: Index, name: string, vectors: readonly unknown[]): Answer {
  if (vectors.length > 1_000) return refusal(400, 'an upsert may have 1,000 vectors');
  const space = index.spaces.get(name) ?? {
    ...{ vectors: new Map(), waiting: [], written: 0, indexed: 0 },
  };
  index.spaces.set(name, space);
  const stored = vectors.map((each) => ({
    id: textOf(each, 'id') ?? '',
    values: Float64Array.from(listOf(each, 'values'), Number),
    metadata: fieldOf(each, 'metadata'),
  }));
  const odd = stored.find(({ id, values }) => id === '' || values.length !== index.dimension);
  if (odd) return refusal(400, `Vector dimension ${odd.values.length} does not match`);
  return written(space, () => {
    for (const { id, ...each } of stored) space.vectors.set(id, each);
  });
}

function written(space: Space, work: () => void): Answer {
  space.written += 1;
  space.waiting.push(work);
  return { body: {}, headers: { 'x-pinecone-request-lsn': String(space.written) } };
}

function query(standIn: PineconeStandIn, space: Space, body: unknown): Answer {
  for (const work of space.waiting.splice(0, standIn.indexedPerQuery)) {
    work();
    space.indexed += 1;
  }
  const topK = numberOf(body, 'topK') ?? 0;
  if (topK < 1 || topK > 10_000) return refusal(400, 'topK may be 1 to 10,000');
  const asked = Float64Array.from(listOf(body, 'vector'), Number);
  const matches = [...space.vectors].map(([id, { values }]) => ({ id, score: dot(values, asked) }));
  return {
    body: { matches: matches.sort((a, b) => b.score - a.score).slice(0, topK) },
    headers: { 'x-pinecone-max-indexed-lsn': String(space.indexed) },
  };
}

/** Whether metadata is out of a filter of `$and`, `$in` and `$nin`. */
function unlike(filter: unknown): (metadata: unknown) => boolean {
  const both = listOf(filter, '$and');
  if (both.length > 0) {
    const each = both.map(unlike);
    return (metadata) => each.some((is) => is(metadata));
  }
  const [field = ''] = Object.keys(Object(filter));
  const within = listOf(filter, field, '$in');
  const without = listOf(filter, field, '$nin');
  if (within.length + without.length > 10_000) return () => true;
  return (metadata) => {
    const value = fieldOf(metadata, field);
    return within.length > 0 ? !within.includes(value) : without.includes(value);
  };
}

function refusal(status: number, message: string): Answer {
  return { status, body: { status, error: { code: String(status), message } } };
}

function send(response: ServerResponse, { status = 200, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function textFrom(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
