/**
 * `npm run bench:vectors -- --backend qdrant --url http://127.0.0.1:6333`: how much of the nearest
 * ten a vector database finds, and how fast, in a large namespace and in a small one beside it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as fixtures from '../../packages/server/dist/backends/contract/vector-fixtures.js';
import { openPgvectorIndex } from '../../packages/server/dist/backends/pgvector/pgvector-index.js';
import { QdrantService } from '../../packages/server/dist/backends/qdrant/qdrant-service.js';
import * as services from '../../packages/server/dist/backends/vector-service/service-index.js';
import { WeaviateService } from '../../packages/server/dist/backends/weaviate/weaviate-service.js';
import type { TenantId } from '../../packages/server/dist/domain/memory.js';
import type {
  MemoryVectors,
  VectorIndexPort,
  VectorPlace,
} from '../../packages/server/dist/ports/vector-index.js';
import { formatTable } from './lib/results.ts';
import { percentile } from './lib/stats.ts';

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'qdrant' },
    url: { type: 'string', default: '' },
    passages: { type: 'string', default: '20000' },
    dimension: { type: 'string', default: '256' },
    queries: { type: 'string', default: '200' },
  },
});
const { url } = options;
const dimension = Number(options.dimension);
const queries = Number(options.queries);
/** Passages of the namespace beside the large one. */
const smallSize = 500;
/** Of one cluster: as many memories as people have about one subject. */
const clusterSize = 200;
const perPut = 250;
const timeoutMs = 60_000;
const limits = [10, 100];
/** How often it is looked whether an index is built. */
const lookMs = 500;
const store = `bench-${Date.now()}`;
const name = `Bench${Date.now()}`;

const backends: Readonly<Record<string, () => Promise<VectorIndexPort>>> = {
  pgvector: () => openPgvectorIndex({ url, poolMax: 4, timeoutMs, store }),
  qdrant: () =>
    services.openServiceIndex(new QdrantService({ url, collection: name, timeoutMs }), store),
  weaviate: () =>
    services.openServiceIndex(new WeaviateService({ url, className: name, timeoutMs }), store),
};

interface Filled {
  readonly title: string;
  readonly place: VectorPlace;
  readonly memories: readonly MemoryVectors[];
}

const open = backends[options.backend];
if (!open || url === '') {
  console.error(`Name a --backend of ${Object.keys(backends).join(', ')} and its --url.`);
  process.exit(2);
}
const index = await open();
await index.prepare(1, dimension);
const filled = [
  await fill('small', 1, smallSize),
  await fill('large', 2, Number(options.passages)),
];
const rows: string[][] = [];
for (const each of filled) rows.push(...(await measure(each)));
console.log(
  formatTable({
    title: `${options.backend}, ${dimension} dimensions`,
    columns: ['namespace', 'passages', 'limit', 'recall', 'p50 ms', 'p95 ms'],
    rows,
  }),
);
for (const { place } of filled) await index.drop(place);
await index.close();

async function fill(title: string, namespaceNo: number, count: number): Promise<Filled> {
  const place = { tenant: 'bench' as TenantId, namespaceNo, generation: 1 };
  const clusters = Math.max(10, Math.round(count / clusterSize));
  const random = fixtures.seededRandom(namespaceNo);
  const memories = fixtures.memoriesOf(
    fixtures.clusteredVectors(random, { count, clusters, dimension }),
  );
  const startedAt = performance.now();
  for (let start = 0; start < count; start += perPut) {
    await index.put(place, memories.slice(start, start + perPut));
  }
  const putMs = performance.now() - startedAt;
  await index.settle(place);
  if (options.backend === 'qdrant') await isGreen();
  const builtMs = performance.now() - startedAt - putMs;
  const rate = Math.round((count / putMs) * 1_000);
  console.log(`${title}: ${count} passages, ${rate} a second; then ${Math.round(builtMs)} ms.`);
  return { title, place, memories };
}

/** Qdrant builds indexes by itself, after a while. */
async function isGreen(): Promise<void> {
  for (let greens = 0; greens < 4; ) {
    await sleep(lookMs);
    const { result } = JSON.parse(await (await fetch(`${url}/collections`)).text());
    greens += 1;
    for (const each of result.collections) {
      if (!each.name.startsWith(`${name}_1`)) continue;
      const answer = await fetch(`${url}/collections/${each.name}`);
      const { status } = JSON.parse(await answer.text()).result;
      if (status !== 'green') greens = 0;
    }
  }
}

async function measure({ title, place, memories }: Filled): Promise<string[][]> {
  const random = fixtures.seededRandom(99);
  const asked = Array.from({ length: queries }, (_, i) => {
    const [one] = memories[(i * 7_919) % memories.length]?.passages ?? [];
    const vector = fixtures.near(one ?? undefined, random);
    return { vector, right: nearest(memories, vector, limits.at(-1) ?? 0) };
  });
  const rows: string[][] = [];
  for (const limit of limits) {
    const times: number[] = [];
    let recall = 0;
    for (const { vector, right } of asked) {
      const startedAt = performance.now();
      const hits = await index.search(place, vector, limit);
      times.push(performance.now() - startedAt);
      recall += fixtures.recallOf(hits, right.slice(0, limit)) / queries;
    }
    const shares = [0.5, 0.95].map((share) => percentile(times, share).toFixed(1));
    rows.push([title, `${memories.length}`, `${limit}`, recall.toFixed(3), ...shares]);
  }
  return rows;
}

/** As the fixtures' own exact search, for hundreds of thousands. */
function nearest(memories: readonly MemoryVectors[], vector: Float32Array, limit: number) {
  const scored = memories.map(({ ordinal, passages: [own] }) => {
    let cosine = 0;
    for (let i = 0; i < dimension; i += 1) cosine += (own?.[i] ?? 0) * (vector[i] ?? 0);
    return { ordinal, passage: 0, cosine };
  });
  const cosines = Float64Array.from(scored, ({ cosine }) => cosine).sort();
  const least = cosines.at(-limit) ?? -1;
  return scored.filter(({ cosine }) => cosine >= least).sort((a, b) => b.cosine - a.cosine);
}
