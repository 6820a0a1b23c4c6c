/**
 * Measures a large namespace with its vectors in memory and in pgvector:
 * `npx tsc -b && node scripts/measure-vectors.mjs postgres://... 200000`, on an empty database with
 * pgvector. Synthetic passages of 25 words, 256 dimensions in 2,000 clusters, records in SQLite.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, named, put } from '../dist/backends/contract/fixtures.js';
import { near, seededRandom, unitVector } from '../dist/backends/contract/vector-fixtures.js';
import { openPgvectorIndex } from '../dist/backends/pgvector/pgvector-index.js';
import { openSqliteStore } from '../dist/backends/sqlite/sqlite-store.js';
import { OutsidePlaces } from '../dist/engine/vectors/outside-vectors.js';
import { PlaceFeed } from '../dist/engine/vectors/place-feed.js';
import { encodeAnalysis } from '../dist/index/analysis-codec.js';
import { bm25Default } from '../dist/index/bm25.js';
import { NamespaceIndex } from '../dist/index/namespace-index.js';
import { SearchScratch } from '../dist/index/search-scratch.js';
import { createSlabPool } from '../dist/index/slab-pool.js';
import { encodeVectors } from '../dist/index/vectors-codec.js';

const [url, countText = '200000'] = process.argv.slice(2);
const count = Number(countText);
const dimension = 256;
const searches = 300;
const random = seededRandom(7);
const centres = Array.from({ length: 2_000 }, () => unitVector(random, dimension));
const someCentre = () => centres[Math.floor(random() * centres.length)];

/** Few words are frequent, most are rare. */
const word = () => `word${Math.floor(50_000 * random() ** 4)}`;

function passage() {
  const unit = near(someCentre(), random);
  const largest = Math.max(...unit.map(Math.abs));
  const values = Int8Array.from(unit, (value) => Math.round((value / largest) * 127));
  const terms = [...new Set(Array.from({ length: 25 }, word))];
  return {
    ...{ start: 0, end: 150, length: 25, questionShare: 0, entities: [] },
    terms: terms.map((term) => ({ term, count: 1 })),
    vector: { scale: largest / 127, values },
  };
}

function query() {
  const terms = Array.from({ length: 6 }, word);
  return {
    terms: terms.map((term) => ({ surface: term, variants: [{ term, weight: 1 }] })),
    ...{ entities: [], speakers: [], filter: {}, now: 1, windowWeights: [0.5, 0.25] },
    ...{ vector: near(someCentre(), random), candidates: 40 },
  };
}

const seconds = async (work) => {
  const start = performance.now();
  await work();
  return ((performance.now() - start) / 1000).toFixed(1);
};
const mb = (bytes) => (bytes / 2 ** 20).toFixed(1);

async function store(records) {
  let namespace;
  for (let at = 0; at < count; at += 500) {
    const ops = Array.from({ length: Math.min(500, count - at) }, (_, i) => {
      const made = passage();
      const facts = { analyzer: 'a1', languages: ['en'], fields: [], passages: [made] };
      const vectors = [{ generation: 1, vectors: encodeVectors([made]) }];
      return { ...put(at + i + 1), analysis: encodeAnalysis(facts), vectors };
    });
    ({ namespace } = await records.commit(named('large'), { generation: 1, ops }));
  }
  return namespace.no;
}

async function times(index, queries) {
  for (const asked of queries.slice(0, 20)) await index.search(asked);
  const all = [];
  for (const asked of queries) {
    const start = performance.now();
    await index.search(asked);
    all.push(performance.now() - start);
  }
  all.sort((a, b) => a - b);
  const at = (share) => all[Math.floor(all.length * share)].toFixed(1);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`;
}

/** The ten passages that are nearest by their cosines. */
function nearest({ ordinals, vector }) {
  const places = [...ordinals.keys()].sort((a, b) => vector[b] - vector[a]);
  return places.slice(0, 10).map((place) => ordinals[place]);
}

const folder = mkdtempSync(join(tmpdir(), 'measure-vectors-'));
const clock = new FakeClock();
const opened = await openSqliteStore({ folder, clock });
const { records, control } = opened;
const tenant = 'measure';
const handle = records.open(tenant);
let namespaceNo;
console.log(
  `${count} passages stored in ${await seconds(async () => {
    namespaceNo = await store(handle);
  })} s`,
);
const settings = {
  analyzer: 'a1',
  partCapacity: 1024,
  bm25: bm25Default,
  saveEvery: 1e9,
  log: () => {},
};
const shared = { settings, pool: createSlabPool(), scratch: new SearchScratch() };
const source = {
  ...{ records: handle.index(namespaceNo, 1), tenant, generation: 1, dimension },
  reanalyze: async () => new Map(),
};
const queries = Array.from({ length: searches }, query);
const builtin = new NamespaceIndex(shared, source);
console.log(`index built in ${await seconds(() => builtin.catchUp())} s`);
console.log(`in memory: ${mb(builtin.bytes)} MB, ${await times(builtin, queries)}`);
const right = [];
for (const asked of queries) right.push(nearest(await builtin.search(asked)));
builtin.dispose();

const vectors = await openPgvectorIndex({ url, poolMax: 4, timeoutMs: 60_000, store: 'measure' });
const place = { tenant, namespaceNo, generation: 1 };
const settle = vectors.settle.bind(vectors);
let built = 0;
vectors.settle = async (of) => {
  built += Number(await seconds(() => settle(of)));
};
const feed = new PlaceFeed(
  { records, control, index: vectors, clock, log: () => {} },
  place,
  dimension,
  'x',
);
const filled = await seconds(async () => {
  while (!feed.isComplete) await feed.step();
});
console.log(`brought to pgvector in ${filled} s, of which its index took ${built.toFixed(1)} s`);
const outside = new OutsidePlaces({ index: vectors, control, waitMs: 10_000 }).of(place);
const index = new NamespaceIndex(shared, { ...source, outside });
await index.catchUp();
await index.catchUp();
console.log(`in pgvector: ${mb(index.bytes)} MB, ${await times(index, queries)}`);
let found = 0;
for (const [i, asked] of queries.entries()) {
  const there = new Set(nearest(await index.search(asked)));
  found += right[i].filter((ordinal) => there.has(ordinal)).length / 10;
}
console.log(`recall@10 of the cosine against the exact scan: ${(found / searches).toFixed(4)}`);
const filter = { kinds: ['fact'] };
console.log(
  `filter that leaves none: ${await times(
    index,
    queries.map((one) => ({ ...one, filter })),
  )}`,
);
index.dispose();
await vectors.close();
await records.close();
rmSync(folder, { recursive: true });
