/** Qdrant over its REST API: one collection for a generation, keyed by tenant inside. */
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

export interface QdrantSettings {
  readonly url: string;
  readonly apiKey?: string;
  /** What the names of its collections begin with. */
  readonly collection: string;
  readonly timeoutMs: number;
  /** Kilobytes of vectors from which an index is built, instead of Qdrant's own default. */
  readonly indexFromKb?: number;
}

/** The first that keeps metadata with a collection, and leaves a field out of its index. */
const oldest = { major: 1, minor: 17 };
const look = { method: 'GET', timeoutMs: lookTimeoutMs } as const;
/** Points in a request: about 5 MB of JSON at 1,024 dimensions. */
const pointsMax = 500;
/** Neighbours of each point in the index of its tenant: Qdrant's default for `m`. */
const links = 16;
/** Neighbours that a search keeps in sight, and the most; it is never less than the limit. */
const reachMin = 128;
const reachMax = 1_024;
/** So many times the limit are picked by int8, then computed from the vectors as they were put. */
const oversampling = 2;

export class QdrantService implements VectorService {
  readonly name = 'qdrant';
  readonly title = 'Qdrant';
  readonly namesSetting = 'REVERIE_QDRANT_COLLECTION';
  readonly #settings: QdrantSettings;
  readonly #calls: ServiceCalls;

  constructor(settings: QdrantSettings) {
    this.#settings = settings;
    this.#calls = new ServiceCalls({
      title: this.title,
      url: settings.url,
      headers: settings.apiKey === undefined ? {} : { 'api-key': settings.apiKey },
      urlSetting: 'REVERIE_QDRANT_URL',
      keySetting: 'REVERIE_QDRANT_API_KEY',
      timeoutMs: settings.timeoutMs,
    });
  }

  async check(): Promise<string> {
    const { body } = await this.#calls.ask({ ...look, path: '/' });
    const version = textOf(body, 'version');
    const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
    const isNewEnough = major === oldest.major ? minor >= oldest.minor : major > oldest.major;
    if (isNewEnough) return `${this.title} ${version}`;
    const setting = 'REVERIE_QDRANT_URL';
    const message =
      version === undefined
        ? `${setting}: what answers there is not Qdrant. Set the address of its REST API.`
        : `${setting}: Qdrant ${version} is too old; ${oldest.major}.${oldest.minor} is needed.`;
    throw new MemoryError('setting_invalid', message, { details: { setting } });
  }

  async readMark(): Promise<StoreMark | undefined> {
    const answer = await this.#calls.ask({
      method: 'GET',
      path: this.#markPath,
      expected: [404],
    });
    return readMarkFields(fieldOf(answer.body, 'result', 'config', 'metadata'));
  }

  async makeMark(mark: StoreMark): Promise<boolean> {
    const { status } = await this.#calls.ask({
      method: 'PUT',
      path: this.#markPath,
      body: { vectors: {}, metadata: markFields(mark) },
      expected: [409],
    });
    return status !== 409;
  }

  async noteGeneration(generation: number, dimension: number): Promise<void> {
    await this.#note(generationField(generation, dimension));
  }

  async noteTurn(turn: string): Promise<void> {
    await this.#note(turnField(turn));
  }

  async removeMark(): Promise<void> {
    await this.#calls.ask({ method: 'DELETE', path: this.#markPath, expected: [404] });
  }

  collectionName({ generation, madeAs }: CollectionKey): string {
    return `${this.#settings.collection}_${generation}_${madeAs}`;
  }

  async collections(): Promise<{ name: string; madeAs: string }[]> {
    const { body } = await this.#calls.ask({ method: 'GET', path: '/collections' });
    const start = `${this.#settings.collection}_`;
    return listOf(body, 'result', 'collections').flatMap((each) => {
      const name = textOf(each, 'name') ?? '';
      const [, madeAs] = /^\d+_([0-9a-f]{12})$/.exec(name.slice(start.length)) ?? [];
      return name.startsWith(start) && madeAs !== undefined ? [{ name, madeAs }] : [];
    });
  }

  async hasCollection(name: string): Promise<boolean> {
    const path = `/collections/${name}/exists`;
    const { body } = await this.#calls.ask({ method: 'GET', path });
    return fieldOf(body, 'result', 'exists') === true;
  }

  /**
   * No index over all points: each tenant's points get one of their own (m and payload_m), as
   * Qdrant advises where every search names one tenant. Small tenants are scanned exactly.
   */
  async makeCollection(name: string, dimension: number): Promise<void> {
    const { indexFromKb } = this.#settings;
    const path = `/collections/${name}`;
    const body = {
      vectors: { size: dimension, distance: 'Cosine', on_disk: true },
      hnsw_config: {
        m: 0,
        payload_m: links,
        ...(indexFromKb !== undefined && { full_scan_threshold: indexFromKb }),
      },
      ...(indexFromKb !== undefined && { optimizers_config: { indexing_threshold: indexFromKb } }),
      quantization_config: { scalar: { type: 'int8', quantile: 0.99, always_ram: true } },
      on_disk_payload: true,
    };
    await this.#calls.ask({ method: 'PUT', path, body, expected: [409] });
    const place = { type: 'keyword', is_tenant: true };
    const ordinal = { type: 'integer', lookup: true, range: false, on_disk: true };
    const fields = { place, ordinal: { ...ordinal, enable_hnsw: false } };
    for (const [field_name, field_schema] of Object.entries(fields)) {
      const index = { field_name, field_schema };
      await this.#calls.ask({ method: 'PUT', path: `${path}/index?wait=true`, body: index });
    }
  }

  async removeCollection(name: string): Promise<void> {
    await this.#calls.ask({ method: 'DELETE', path: `/collections/${name}`, expected: [404] });
  }

  async put(shelf: Shelf, ordinals: readonly number[], passages: readonly ShelvedPassage[]) {
    const points = passages.map(({ ordinal, passage, vector }) => ({
      id: passageId(shelf, ordinal, passage),
      vector,
      payload: { place: shelf.name, ordinal },
    }));
    for (const piece of inPieces(points, pointsMax)) {
      const request = {
        method: 'PUT',
        path: '/points?wait=true',
        body: { points: piece },
      } as const;
      await this.#ask(shelf, request);
    }
    const has_id = points.map(({ id }) => id);
    await this.#delete(shelf, ordinals, has_id.length === 0 ? [] : [{ has_id }]);
  }

  remove(shelf: Shelf, ordinals: readonly number[]): Promise<void> {
    return this.#delete(shelf, ordinals, []);
  }

  async search(shelf: Shelf, vector: readonly number[], limit: number): Promise<FoundPassage[]> {
    const body = {
      query: vector,
      filter: { must: [placeIs(shelf)] },
      limit,
      params: {
        hnsw_ef: Math.min(reachMax, Math.max(reachMin, limit * 2)),
        quantization: { rescore: true, oversampling },
      },
    };
    const found = await this.#ask(shelf, { method: 'POST', path: '/points/query', body });
    return listOf(found.body, 'result', 'points').map((point) => ({
      ...readPassageId(textOf(point, 'id') ?? ''),
      cosine: numberOf(point, 'score') ?? 0,
    }));
  }

  async drop(shelf: Shelf): Promise<void> {
    const body = { filter: { must: [placeIs(shelf)] } };
    await this.#ask(shelf, { method: 'POST', path: '/points/delete?wait=true', body });
  }

  async count(shelf: Shelf): Promise<number> {
    const body = { filter: { must: [placeIs(shelf)] }, exact: true };
    const counted = await this.#ask(shelf, { method: 'POST', path: '/points/count', body });
    return numberOf(counted.body, 'result', 'count') ?? 0;
  }

  async ping(): Promise<void> {
    await this.#calls.ask({ ...look, path: '/readyz' });
  }

  async #delete(shelf: Shelf, ordinals: readonly number[], must_not: readonly unknown[]) {
    const memories = { key: 'ordinal', match: { any: ordinals } };
    const body = { filter: { must: [placeIs(shelf), memories], must_not } };
    await this.#ask(shelf, { method: 'POST', path: '/points/delete?wait=true', body });
  }

  /** Of points: the collection is there, or was lost. */
  async #ask(shelf: Shelf, request: ServiceRequest): Promise<ServiceAnswer> {
    const path = `/collections/${shelf.collection}${request.path}`;
    const answer = await this.#calls.ask({ ...request, path, expected: [404] });
    if (answer.status === 404) throw new CollectionGone(shelf.collection);
    return answer;
  }

  /** Other fields of the mark stay. */
  async #note(metadata: Record<string, string>): Promise<void> {
    await this.#calls.ask({ method: 'PATCH', path: this.#markPath, body: { metadata } });
  }

  get #markPath(): string {
    return `/collections/${this.#settings.collection}_store`;
  }
}

function placeIs({ name }: Shelf): unknown {
  return { key: 'place', match: { value: name } };
}
