/** Pinecone over its REST API: an index for each dimension, a namespace in it for each of ours. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryError } from '../../domain/errors.ts';
import {
  generationField,
  markFields,
  readMarkFields,
  turnField,
} from '../vector-service/mark-codec.ts';
import { inPieces } from '../vector-service/pieces.ts';
import { fieldOf, listOf, numberOf, textOf } from '../vector-service/read-answer.ts';
import {
  lookTimeoutMs,
  type ServiceAnswer,
  ServiceCalls,
  type ServiceRequest,
} from '../vector-service/service-calls.ts';
import {
  CollectionGone,
  type CollectionKey,
  type FoundPassage,
  type Shelf,
  type ShelvedPassage,
  type StoreMark,
  type VectorService,
} from '../vector-service/vector-service.ts';

export interface PineconeSettings {
  /** Of the control plane. */
  readonly url: string;
  readonly apiKey: string;
  /** What the names of its indexes begin with: a-z, 0-9 and -. */
  readonly indexName: string;
  readonly cloud: string;
  readonly region: string;
  readonly timeoutMs: number;
}

/** The form of requests and answers. */
const apiVersion = '2026-04';
/** Of one upsert, as documented: 1,000 vectors and 2 MB. */
const vectorsMax = 1_000;
const upsertBytesMax = 1_900_000;
/** Beside the numbers of a vector: its id, its metadata and the JSON around. */
const bytesAround = 200;
/** A number with its comma, as it is rounded: -0.123456, */
const bytesOfNumber = 10;
/** Values of an `$in` or `$nin`; 10,000 are documented. */
const valuesMax = 5_000;
/** An index may have 20 tags; three say whose it is. */
const generationsMax = 16;
const firstPauseMs = 50;
const pauseMsMax = 1_000;
/** An index is made within a minute, as a rule. */
const makeTimeoutMs = 300_000;

export class PineconeService implements VectorService {
  readonly name = 'pinecone';
  readonly title = 'Pinecone';
  readonly namesSetting = 'REVERIE_PINECONE_INDEX';
  /** The control plane is asked as seldom as may be. */
  readonly markBelievedMs = 60_000;
  readonly #settings: PineconeSettings;
  readonly #control: ServiceCalls;
  /** Where the data of an index is, by its name. */
  readonly #hosts = new Map<string, IndexHost>();

  constructor(settings: PineconeSettings) {
    this.#settings = settings;
    this.#control = this.#callsTo(settings.url);
  }

  /** There is one version; but the key is looked at. */
  async check(): Promise<string> {
    await this.#control.ask({ method: 'GET', path: '/indexes', timeoutMs: lookTimeoutMs });
    return this.title;
  }

  /** Tags of an index of its own that holds nothing. */
  async readMark(): Promise<StoreMark | undefined> {
    return readMarkFields(fieldOf(await this.#describe(this.#markName), 'tags'));
  }

  makeMark(mark: StoreMark): Promise<boolean> {
    return this.#makeIndex(this.#markName, 1, markFields(mark));
  }

  async noteGeneration(generation: number, dimension: number): Promise<void> {
    const known = [...((await this.readMark())?.generations.keys() ?? [])].sort((a, b) => a - b);
    const tags = generationField(generation, dimension);
    // A tag without a value is removed.
    for (const old of known.slice(0, -generationsMax))
      Object.assign(tags, generationField(old, ''));
    await this.#note(tags);
  }

  async noteTurn(turn: string): Promise<void> {
    await this.#note(turnField(turn));
  }

  removeMark(): Promise<void> {
    return this.removeCollection(this.#markName);
  }

  /** Plans allow few indexes: generations share one, each with namespaces of its own. */
  collectionName({ dimension, madeAs }: CollectionKey): string {
    return `${this.#settings.indexName}-${dimension}-${madeAs}`;
  }

  async collections(): Promise<{ name: string; madeAs: string }[]> {
    const { body } = await this.#control.ask({ method: 'GET', path: '/indexes' });
    const start = `${this.#settings.indexName}-`;
    return listOf(body, 'indexes').flatMap((each) => {
      const name = textOf(each, 'name') ?? '';
      const [, madeAs] = /^\d+-([0-9a-f]{12})$/.exec(name.slice(start.length)) ?? [];
      return name.startsWith(start) && madeAs !== undefined ? [{ name, madeAs }] : [];
    });
  }

  async hasCollection(name: string): Promise<boolean> {
    return (await this.#describe(name)) !== undefined;
  }

  async makeCollection(name: string, dimension: number): Promise<void> {
    await this.#makeIndex(name, dimension, {});
    const endsAt = performance.now() + makeTimeoutMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = longer(pauseMs)) {
      const found = await this.#describe(name);
      if (fieldOf(found, 'status', 'ready') === true) return;
      if (performance.now() > endsAt) throw unavailable(`The index ${name} does not get ready.`);
      await sleep(pauseMs);
    }
  }

  async removeCollection(name: string): Promise<void> {
    this.#hosts.delete(name);
    const path = `/indexes/${name}`;
    await this.#control.ask({ method: 'DELETE', path, expected: [404] });
    // It is listed, and its name taken, until it is gone.
    const endsAt = performance.now() + makeTimeoutMs;
    for (let pauseMs = firstPauseMs; await this.hasCollection(name); pauseMs = longer(pauseMs)) {
      if (performance.now() > endsAt) throw unavailable(`The index ${name} does not go.`);
      await sleep(pauseMs);
    }
  }

  /** The writes of a namespace are indexed in their order: it is the last one that is awaited. */
  async put(shelf: Shelf, ordinals: readonly number[], passages: readonly ShelvedPassage[]) {
    const vectors = passages.map(({ ordinal, passage, vector }) => ({
      ...{ id: idOf(ordinal, passage), values: vector },
      metadata: { ordinal, passage: idOf(ordinal, passage) },
    }));
    let last: ServiceAnswer | undefined;
    for (const piece of inPieces(vectors, upsertMax(vectors[0]?.values.length ?? 0))) {
      const body = { namespace: shelf.name, vectors: piece };
      last = await this.#ask(shelf, { method: 'POST', path: '/vectors/upsert', body });
    }
    for (const group of groups(ordinals, passages)) {
      const isOther = group.ids.length === 0 ? [] : [{ passage: { $nin: group.ids } }];
      const filter = { $and: [{ ordinal: { $in: group.ordinals } }, ...isOther] };
      last = (await this.#delete(shelf, { filter })) ?? last;
    }
    if (last) await this.#follow(shelf, last);
  }

  async remove(shelf: Shelf, ordinals: readonly number[]): Promise<void> {
    const filter = { ordinal: { $in: ordinals } };
    const deleted = await this.#delete(shelf, { filter });
    if (deleted) await this.#follow(shelf, deleted);
  }

  async search(shelf: Shelf, vector: readonly number[], limit: number): Promise<FoundPassage[]> {
    const { body } = await this.#query(shelf, vector, limit);
    return listOf(body, 'matches').map((match) => ({
      ...readId(textOf(match, 'id') ?? ''),
      cosine: numberOf(match, 'score') ?? 0,
    }));
  }

  async drop(shelf: Shelf): Promise<void> {
    const deleted = await this.#delete(shelf, { deleteAll: true });
    if (deleted) await this.#follow(shelf, deleted);
  }

  async count(shelf: Shelf): Promise<number> {
    const request = { method: 'POST', path: '/describe_index_stats', body: {} } as const;
    const { body } = await this.#ask(shelf, request);
    return numberOf(body, 'namespaces', shelf.name, 'vectorCount') ?? 0;
  }

  async ping(): Promise<void> {
    await this.check();
  }

  /** Undefined where nothing was ever put into the namespace, or all of it is gone. */
  async #delete(shelf: Shelf, what: object): Promise<ServiceAnswer | undefined> {
    const body = { namespace: shelf.name, ...what };
    const request = { method: 'POST', path: '/vectors/delete', body, expected: [404] } as const;
    const answer = await this.#ask(shelf, request);
    return answer.status === 404 ? undefined : answer;
  }

  async #query(shelf: Shelf, vector: readonly number[], topK: number): Promise<ServiceAnswer> {
    const more = { includeValues: false, includeMetadata: false };
    const body = { namespace: shelf.name, vector, topK, ...more };
    const answer = await this.#ask(shelf, {
      method: 'POST',
      path: '/query',
      body,
      expected: [404],
    });
    return answer.status === 404 ? { ...answer, body: undefined } : answer;
  }

  /** Pinecone acknowledges first and indexes later: a query tells up to where it has come. */
  async #follow(shelf: Shelf, written: ServiceAnswer): Promise<void> {
    const wanted = lsnOf(written, 'x-pinecone-request-lsn');
    if (wanted === undefined) {
      throw unavailable(
        'Pinecone does not say when a write can be found (x-pinecone-request-lsn).',
      );
    }
    const { dimension } = await this.#host(shelf.collection);
    const anywhere = Array.from({ length: dimension }, (_, i) => (i === 0 ? 1 : 0));
    const endsAt = performance.now() + this.#settings.timeoutMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = longer(pauseMs)) {
      const answer = await this.#query(shelf, anywhere, 1);
      const indexed = lsnOf(answer, 'x-pinecone-max-indexed-lsn');
      // A namespace whose last vector went is gone, with its numbers.
      const isGone = indexed === undefined && listOf(answer.body, 'matches').length === 0;
      if (isGone || (indexed ?? 0) >= wanted) return;
      if (performance.now() > endsAt)
        throw unavailable('Pinecone has not indexed a write in time.');
      await sleep(pauseMs);
    }
  }

  /** Of data; an index that is not there any more is told from a namespace that is not there. */
  async #ask(shelf: Shelf, request: ServiceRequest): Promise<ServiceAnswer> {
    const { collection } = shelf;
    const { calls } = await this.#host(collection);
    try {
      const answer = await calls.ask(request);
      if (answer.status !== 404) return answer;
      await this.#look(collection);
      return answer;
    } catch (error) {
      if (error instanceof CollectionGone) throw error;
      await this.#look(collection);
      throw error;
    }
  }

  /** Throws {@link CollectionGone} where there is no such index. */
  async #look(collection: string): Promise<void> {
    const found = await this.#describe(collection);
    if (found !== undefined) return;
    this.#hosts.delete(collection);
    throw new CollectionGone(collection);
  }

  async #host(collection: string): Promise<IndexHost> {
    const known = this.#hosts.get(collection);
    if (known) return known;
    const found = await this.#describe(collection);
    const host = textOf(found, 'host');
    if (host === undefined) throw new CollectionGone(collection);
    const made = {
      calls: this.#callsTo(/^https?:/.test(host) ? host : `https://${host}`),
      dimension: numberOf(found, 'dimension') ?? 0,
    };
    this.#hosts.set(collection, made);
    return made;
  }

  async #describe(name: string): Promise<unknown> {
    const path = `/indexes/${name}`;
    const answer = await this.#control.ask({ method: 'GET', path, expected: [404] });
    return answer.status === 404 ? undefined : answer.body;
  }

  /** False where there is one. */
  /** Other tags stay. */
  async #note(tags: Record<string, string>): Promise<void> {
    const path = `/indexes/${this.#markName}`;
    await this.#control.ask({ method: 'PATCH', path, body: { tags } });
  }

  async #makeIndex(name: string, dimension: number, tags: object): Promise<boolean> {
    const { cloud, region } = this.#settings;
    const body = {
      ...{ name, dimension, metric: 'cosine', spec: { serverless: { cloud, region } }, tags },
      deletion_protection: 'disabled',
    };
    const expected = [400, 402, 403, 404, 409, 422];
    const answer = await this.#control.ask({ method: 'POST', path: '/indexes', body, expected });
    if (answer.status === 409) return false;
    if (answer.status < 300) return true;
    // The plan's number of indexes, a region that the plan does not have, an odd name.
    const reason = textOf(answer.body, 'error', 'message') ?? `it answered ${answer.status}`;
    const setting = this.namesSetting;
    const message =
      `${setting}: Pinecone refuses to make the index ${name} in ${cloud} ${region} ` +
      `(REVERIE_PINECONE_CLOUD, REVERIE_PINECONE_REGION): ${reason.slice(0, 200)}`;
    throw new MemoryError('setting_invalid', message, { details: { setting } });
  }

  #callsTo(url: string): ServiceCalls {
    return new ServiceCalls({
      ...{ title: this.title, url, timeoutMs: this.#settings.timeoutMs },
      headers: { 'api-key': this.#settings.apiKey, 'x-pinecone-api-version': apiVersion },
      urlSetting: 'REVERIE_PINECONE_URL',
      keySetting: 'REVERIE_PINECONE_API_KEY',
    });
  }

  get #markName(): string {
    return `${this.#settings.indexName}-store`;
  }
}

interface IndexHost {
  readonly calls: ServiceCalls;
  readonly dimension: number;
}

/** Memories with the ids of what is kept of them, few enough for one filter. */
function* groups(ordinals: readonly number[], passages: readonly ShelvedPassage[]) {
  const idsOf = new Map(ordinals.map((ordinal) => [ordinal, [] as string[]]));
  for (const { ordinal, passage } of passages) idsOf.get(ordinal)?.push(idOf(ordinal, passage));
  let group = { ordinals: [] as number[], ids: [] as string[] };
  for (const [ordinal, ids] of idsOf) {
    const size = Math.max(group.ordinals.length + 1, group.ids.length + ids.length);
    if (size > valuesMax && group.ordinals.length > 0) {
      yield group;
      group = { ordinals: [], ids: [] };
    }
    group.ordinals.push(ordinal);
    group.ids.push(...ids);
  }
  if (group.ordinals.length > 0) yield group;
}

function upsertMax(dimension: number): number {
  return Math.min(
    vectorsMax,
    Math.floor(upsertBytesMax / (bytesAround + dimension * bytesOfNumber)),
  );
}

const idOf = (ordinal: number, passage: number): string => `${ordinal}/${passage}`;

function readId(id: string): { ordinal: number; passage: number } {
  const [ordinal = 0, passage = 0] = id.split('/').map(Number);
  return { ordinal, passage };
}

const longer = (pauseMs: number): number => Math.min(pauseMsMax, pauseMs * 1.5);

function lsnOf({ headers }: ServiceAnswer, name: string): number | undefined {
  const value = headers.get(name);
  return value === null || !/^\d+$/.test(value) ? undefined : Number(value);
}

function unavailable(message: string): MemoryError {
  return new MemoryError('store_unavailable', message);
}
