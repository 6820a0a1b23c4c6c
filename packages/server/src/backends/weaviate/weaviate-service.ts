/** Weaviate over REST and GraphQL: a class for a generation, and a tenant in it for a namespace. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryError } from '../../domain/errors.ts';
import {
  generationField,
  markFields,
  readMarkFields,
  turnField,
} from '../vector-service/mark-codec.ts';
import { passageId, readPassageId } from '../vector-service/passage-id.ts';
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

export interface WeaviateSettings {
  readonly url: string;
  readonly apiKey?: string;
  /** What the names of its classes begin with: a capital letter first. */
  readonly className: string;
  readonly timeoutMs: number;
}

/** The first whose filters know what is in none of a list. */
const oldest = { major: 1, minor: 33 };
const look = { method: 'GET', timeoutMs: lookTimeoutMs } as const;
/** Objects in a request: about 5 MB of JSON at 1,024 dimensions. */
const objectsMax = 500;
/** How long to wait between looks at a queue of vectors that are not yet indexed. */
const queuePauseMs = 50;

export class WeaviateService implements VectorService {
  readonly name = 'weaviate';
  readonly title = 'Weaviate';
  readonly namesSetting = 'REVERIE_WEAVIATE_CLASS';
  readonly #settings: WeaviateSettings;
  readonly #calls: ServiceCalls;

  constructor(settings: WeaviateSettings) {
    const { apiKey } = settings;
    this.#settings = settings;
    this.#calls = new ServiceCalls({
      title: this.title,
      url: settings.url,
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      urlSetting: 'REVERIE_WEAVIATE_URL',
      keySetting: 'REVERIE_WEAVIATE_API_KEY',
      timeoutMs: settings.timeoutMs,
    });
  }

  async check(): Promise<string> {
    const { body } = await this.#calls.ask({ ...look, path: '/v1/meta', expected: [404] });
    const version = textOf(body, 'version');
    const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
    const isNewEnough = major === oldest.major ? minor >= oldest.minor : major > oldest.major;
    if (isNewEnough) return `${this.title} ${version}`;
    const setting = 'REVERIE_WEAVIATE_URL';
    const message =
      version === undefined
        ? `${setting}: what answers there is not Weaviate. Set the address of its REST API.`
        : `${setting}: Weaviate ${version} is too old; ${oldest.major}.${oldest.minor} is needed.`;
    throw new MemoryError('setting_invalid', message, { details: { setting } });
  }

  async readMark(): Promise<StoreMark | undefined> {
    const found = await this.#schema(this.#markName);
    return readMarkFields(descriptionOf(found));
  }

  async makeMark(mark: StoreMark): Promise<boolean> {
    const description = JSON.stringify(markFields(mark));
    return this.#makeClass({ class: this.#markName, description, vectorizer: 'none' });
  }

  async noteGeneration(generation: number, dimension: number): Promise<void> {
    await this.#note(generationField(generation, dimension));
  }

  async noteTurn(turn: string): Promise<void> {
    await this.#note(turnField(turn));
  }

  removeMark(): Promise<void> {
    return this.removeCollection(this.#markName);
  }

  collectionName({ generation, madeAs }: CollectionKey): string {
    return `${this.#settings.className}_${generation}_${madeAs}`;
  }

  async collections(): Promise<{ name: string; madeAs: string }[]> {
    const { body } = await this.#calls.ask({ method: 'GET', path: '/v1/schema' });
    const start = `${this.#settings.className}_`;
    return listOf(body, 'classes').flatMap((each) => {
      const name = textOf(each, 'class') ?? '';
      const [, madeAs] = /^\d+_([0-9a-f]{12})$/.exec(name.slice(start.length)) ?? [];
      return name.startsWith(start) && madeAs !== undefined ? [{ name, madeAs }] : [];
    });
  }

  async hasCollection(name: string): Promise<boolean> {
    // One that a put of objects made by itself has no tenants.
    return fieldOf(await this.#schema(name), 'multiTenancyConfig', 'enabled') === true;
  }

  async makeCollection(name: string): Promise<void> {
    await this.#makeClass({
      class: name,
      vectorizer: 'none',
      vectorIndexType: 'hnsw',
      vectorIndexConfig: { distance: 'cosine', rq: { enabled: true, bits: 8 } },
      multiTenancyConfig: {
        enabled: true,
        autoTenantCreation: true,
        autoTenantActivation: true,
      },
      properties: [{ name: 'ordinal', dataType: ['number'], indexFilterable: true }],
    });
  }

  async removeCollection(name: string): Promise<void> {
    const path = `/v1/schema/${name}`;
    await this.#calls.ask({ method: 'DELETE', path, expected: [400, 404] });
  }

  async put(shelf: Shelf, ordinals: readonly number[], passages: readonly ShelvedPassage[]) {
    const objects = passages.map(({ ordinal, passage, vector }) => ({
      class: shelf.collection,
      tenant: shelf.name,
      id: passageId(shelf, ordinal, passage),
      properties: { ordinal },
      vector,
    }));
    for (const piece of inPieces(objects, objectsMax)) await this.#putObjects(shelf, piece);
    const ids = objects.map(({ id }) => id);
    await this.#delete(shelf, ordinals, ids);
    await this.#indexed(shelf);
  }

  async remove(shelf: Shelf, ordinals: readonly number[]): Promise<void> {
    await this.#delete(shelf, ordinals, []);
    await this.#indexed(shelf);
  }

  async search(shelf: Shelf, vector: readonly number[], limit: number): Promise<FoundPassage[]> {
    const near = `limit: ${limit}, nearVector: { vector: [${vector.join(',')}] }`;
    const query = `{ Get { ${partOf(shelf, near)} { _additional { id distance } } } }`;
    const body = await this.#query(shelf, query);
    return listOf(body, 'data', 'Get', shelf.collection).map((each) => ({
      ...readPassageId(textOf(each, '_additional', 'id') ?? ''),
      cosine: 1 - (numberOf(each, '_additional', 'distance') ?? 1),
    }));
  }

  async drop(shelf: Shelf): Promise<void> {
    const path = `/v1/schema/${shelf.collection}/tenants`;
    await this.#ask(shelf, { method: 'DELETE', path, body: [shelf.name], expected: [422] });
  }

  async count(shelf: Shelf): Promise<number> {
    const query = `{ Aggregate { ${partOf(shelf)} { meta { count } } } }`;
    const body = await this.#query(shelf, query);
    const [counted] = listOf(body, 'data', 'Aggregate', shelf.collection);
    return numberOf(counted, 'meta', 'count') ?? 0;
  }

  async ping(): Promise<void> {
    await this.#calls.ask({ ...look, path: '/v1/.well-known/ready' });
  }

  async #putObjects(shelf: Shelf, objects: readonly unknown[]): Promise<void> {
    const request = { method: 'POST', path: '/v1/batch/objects', body: { objects } } as const;
    const { body } = await this.#calls.ask(request);
    const refusals = listOf(body).flatMap((each) => {
      const [error] = listOf(each, 'result', 'errors', 'error');
      return error === undefined ? [] : [textOf(error, 'message') ?? 'no reason'];
    });
    const [reason] = refusals;
    if (reason !== undefined) throw this.#failure(shelf, reason);
  }

  /** Of two notes at once one may be lost: whoever needs it makes it again. */
  async #note(note: Record<string, string>): Promise<void> {
    const found = await this.#schema(this.#markName);
    if (typeof found !== 'object' || found === null) return;
    const fields = { ...descriptionOf(found), ...note };
    const body = { ...found, description: JSON.stringify(fields) };
    await this.#calls.ask({ method: 'PUT', path: `/v1/schema/${this.#markName}`, body });
  }

  /** As often as one call deletes only the first ten thousand. */
  async #delete(shelf: Shelf, ordinals: readonly number[], butIds: readonly string[]) {
    const memories = { path: ['ordinal'], operator: 'ContainsAny', valueNumberArray: ordinals };
    const others = { path: ['id'], operator: 'ContainsNone', valueTextArray: butIds };
    const where = butIds.length > 0 ? { operator: 'And', operands: [memories, others] } : memories;
    const body = { match: { class: shelf.collection, where }, output: 'minimal' };
    const path = `/v1/batch/objects?tenant=${shelf.name}`;
    for (;;) {
      const request = { method: 'DELETE', path, body, expected: [422] } as const;
      const answer = await this.#ask(shelf, request);
      const matches = numberOf(answer.body, 'results', 'matches') ?? 0;
      const failed = numberOf(answer.body, 'results', 'failed') ?? 0;
      if (failed > 0) throw this.#failure(shelf, `${failed} objects were not deleted`);
      if (matches < (numberOf(answer.body, 'results', 'limit') ?? 1)) return;
    }
  }

  /** Where the server indexes behind the writes (ASYNC_INDEXING), searches find them only then. */
  async #indexed(shelf: Shelf): Promise<void> {
    const path = `/v1/nodes/${shelf.collection}?output=verbose&shardName=${shelf.name}`;
    const endsAt = performance.now() + this.#settings.timeoutMs;
    for (;;) {
      const { body } = await this.#calls.ask({ method: 'GET', path });
      const shards = listOf(body, 'nodes').flatMap((node) => listOf(node, 'shards'));
      if (shards.every((shard) => (numberOf(shard, 'vectorQueueLength') ?? 0) === 0)) return;
      if (performance.now() > endsAt) throw this.#failure(shelf, 'the queue of vectors is long');
      await sleep(queuePauseMs);
    }
  }

  async #query(shelf: Shelf, query: string): Promise<unknown> {
    const request = { method: 'POST', path: '/v1/graphql', body: { query } } as const;
    // Without any class there is no GraphQL.
    const { body } = await this.#ask(shelf, { ...request, expected: [422] });
    const [error] = listOf(body, 'errors');
    if (error === undefined) return body;
    const reason = textOf(error, 'message') ?? 'no reason';
    // A namespace that nothing was put into has no tenant.
    if (isNoTenant(reason)) return undefined;
    throw this.#failure(shelf, reason);
  }

  /** A refusal (422) of what a tenant or a class that is not there is told. */
  async #ask(shelf: Shelf, request: ServiceRequest): Promise<ServiceAnswer> {
    const answer = await this.#calls.ask(request);
    if (answer.status !== 422) return answer;
    const reason = JSON.stringify(answer.body);
    if (isNoTenant(reason)) return answer;
    throw this.#failure(shelf, reason);
  }

  #failure(shelf: Shelf, reason: string): Error {
    if (isNoClass(reason)) return new CollectionGone(shelf.collection);
    const cause = new Error(`Weaviate said: ${reason.slice(0, reasonMax)}`);
    return new MemoryError('store_unavailable', 'Weaviate could not do it.', { cause });
  }

  async #schema(name: string): Promise<unknown> {
    const path = `/v1/schema/${name}`;
    const answer = await this.#calls.ask({ method: 'GET', path, expected: [404] });
    return answer.status === 404 ? undefined : answer.body;
  }

  /** False where there is one. */
  async #makeClass(definition: Readonly<Record<string, unknown>>): Promise<boolean> {
    const request = { method: 'POST', path: '/v1/schema', body: definition } as const;
    const answer = await this.#calls.ask({ ...request, expected: [422] });
    if (answer.status !== 422) return true;
    const reason = JSON.stringify(answer.body);
    if (reason.includes('already exists')) return false;
    const cause = new Error(`Weaviate said: ${reason.slice(0, reasonMax)}`);
    const setting = this.namesSetting;
    const message = `${setting}: Weaviate refuses to make the class ${definition.class}.`;
    throw new MemoryError('setting_invalid', message, { details: { setting }, cause });
  }

  get #markName(): string {
    return `${this.#settings.className}_store`;
  }
}

/** Of what a refusal says; for the log. */
const reasonMax = 500;

/** The part of a query that names the namespace. */
function partOf({ collection, name }: Shelf, more?: string): string {
  return `${collection}(tenant: "${name}"${more === undefined ? '' : `, ${more}`})`;
}

/** What is kept in a description, which is text. */
function descriptionOf(definition: unknown): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(textOf(definition, 'description') ?? '');
    return typeof found === 'object' && found !== null ? { ...found } : undefined;
  } catch {
    return undefined;
  }
}

/** Weaviate tells these apart in words only. */
const isNoTenant = (reason: string): boolean => reason.includes('tenant not found');

const noClass = new RegExp(
  [
    'failed to get class',
    'multi-tenancy (is not enabled|disabled)',
    'no schema is present',
    'Unknown argument',
    'Cannot query',
  ].join('|'),
);

/** A put makes a class without tenants by itself, where AUTOSCHEMA_ENABLED is on. */
const isNoClass = (reason: string): boolean => noClass.test(reason);
