/**
 * Measures the namespace index without a server: `npx tsc -b && node scripts/measure-index.mjs`.
 * Synthetic passages of about 25 words with Zipf frequencies, 256 dimensions, one caller.
 */
import { bm25Default } from '../dist/index/bm25.js';
import { keyHash, MemoryIndexRecords } from '../dist/index/memory-records.test.helper.js';
import { NamespaceIndex } from '../dist/index/namespace-index.js';
import { createSearchGate } from '../dist/index/search-gate.js';
import { SearchScratch } from '../dist/index/search-scratch.js';
import { createSlabPool } from '../dist/index/slab-pool.js';

const dimension = 256;
const vocabulary = 50_000;
const wordsPerPassage = 25;
const turnsPerThread = 400;

/** Mulberry32: the same records on every run. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** `--metadata` gives each memory a plan, a number, and a text that no other has. */
const withMetadata = process.argv.includes('--metadata');
const next = random(7);
const cumulative = new Float64Array(vocabulary);
for (let i = 0, sum = 0; i < vocabulary; i += 1) cumulative[i] = sum += 1 / (i + 10);

/** Rank of a word; 0 is the most frequent one. */
function zipf() {
  const wanted = next() * cumulative[vocabulary - 1];
  let low = 0;
  let high = vocabulary - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function vector() {
  const values = new Int8Array(dimension);
  for (let i = 0; i < dimension; i += 1) {
    values[i] = Math.round((next() + next() + next() + next() - 2) * 60);
  }
  return { scale: 1 / Math.hypot(...values), values };
}

function analysis() {
  const counts = new Map();
  for (let i = 0; i < wordsPerPassage; i += 1) {
    const term = `word${zipf()}`;
    counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  const passage = {
    start: 0,
    end: 150,
    length: wordsPerPassage,
    questionShare: 0,
    terms: [...counts].map(([term, count]) => ({ term, count })),
    entities: next() < 0.5 ? [`name${Math.floor(next() * 500)}`] : [],
    vector: vector(),
  };
  const plan = next() < 0.5 ? 'pro' : 'free';
  const attributes = withMetadata
    ? { tags: ['chat'], metadata: { plan, seats: Math.floor(next() * 1000), user: `u${next()}` } }
    : { tags: ['chat'] };
  const facts = { analyzer: 'a1', languages: ['en'], fields: ['tag:chat'], attributes };
  return { ...facts, passages: [passage] };
}

function query() {
  const ranks = [zipf(), zipf(), zipf(), zipf(), zipf(), zipf(), 3, 12];
  const { values } = vector();
  const size = Math.hypot(...values);
  return {
    terms: ranks.map((rank) => ({
      surface: `word${rank}`,
      variants: [{ term: `word${rank}`, weight: 1 }],
    })),
    entities: [{ name: `name${Math.floor(next() * 500)}`, words: [] }],
    speakers: [],
    vector: Float32Array.from(values, (value) => value / size),
    filter: {},
    now: 1,
    windowWeights: [0.5, 0.25],
    candidates: 100,
  };
}

const settings = {
  analyzer: 'a1',
  dimension,
  partCapacity: 1024,
  bm25: bm25Default,
  saveEvery: 128,
  log: () => {},
};
const ms = (value) => value.toFixed(2);
const at = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function measure(count) {
  const records = new MemoryIndexRecords();
  for (let i = 0; i < count; i += 1) {
    records.put(analysis(), { keyHash: keyHash(`k${Math.floor(i / turnsPerThread)}`) });
  }
  const shared = {
    settings,
    pool: createSlabPool(),
    scratch: new SearchScratch(),
    gate: createSearchGate(),
  };
  const source = { records, generation: 1, dimension, reanalyze: async () => new Map() };
  const open = () => new NamespaceIndex(shared, source);
  let index = open();
  const built = await timed(() => index.catchUp());
  const saved = await timed(() => index.flush());
  const loads = [];
  const firsts = [];
  for (let i = 0; i < 5; i += 1) {
    index.dispose();
    index = open();
    loads.push(await timed(() => index.catchUp()));
    firsts.push(await timed(() => index.search(query())));
  }
  const bytes = index.bytes;
  const stored = [...records.segments.values()].reduce(
    (sum, part) => sum + part.columns.length + part.postings.length + part.matrix.length,
    0,
  );
  console.log(`${count} passages: build ${ms(built)} ms, save ${ms(saved)} ms`);
  console.log(
    `  load best ${ms(Math.min(...loads))} worst ${ms(Math.max(...loads))},`,
    `first search best ${ms(Math.min(...firsts))}`,
  );
  console.log(
    `  bytes a passage: memory ${Math.round(bytes / count)}, stored ${Math.round(stored / count)}`,
  );
  await measureSearches(records, index);
  index.dispose();
}

function row(name, times) {
  const all = times.sort((a, b) => a - b);
  console.log(`  ${name}: best ${ms(all[0])} p50 ${ms(at(all, 0.5))} p95 ${ms(at(all, 0.95))}`);
}

async function measureSearches(records, index) {
  const run = async (times, patch) => {
    const all = [];
    for (let i = 0; i < times; i += 1) {
      const asked = { ...query(), ...patch };
      all.push(await timed(() => index.search(asked)));
    }
    return all;
  };
  await run(300, {});
  const cpu = process.cpuUsage();
  row('search', await run(400, {}));
  const { user, system } = process.cpuUsage(cpu);
  console.log(`  processor time of a search, queries included: ${ms((user + system) / 400_000)}`);
  const sixteen = [];
  for (let i = 0; i < 30; i += 1) {
    const asked = Array.from({ length: 16 }, () => query());
    sixteen.push(...(await Promise.all(asked.map((one) => timed(() => index.search(one))))));
  }
  row('16 callers', sixteen);
  row('words only', await run(200, { vector: null }));
  row('vector only', await run(200, { terms: [], entities: [] }));
  row('no window', await run(200, { windowWeights: [] }));
  row('filter by kind', await run(200, { filter: { kinds: ['episode'] } }));
  const where = (field, operator, operand) => ({ op: 'test', field, operator, operand });
  const pro = where('metadata.plan', 'eq', 'pro');
  row('filter on metadata, the same again', await run(200, { filter: { where: pro } }));
  const news = [];
  for (let i = 0; i < 40; i += 1) {
    const filter = { where: { op: 'and', of: [pro, where('metadata.seats', 'lt', 500 + i)] } };
    news.push(...(await run(1, { filter })));
  }
  row('filter on metadata, each time another', news);
  const texts = [];
  for (let i = 0; i < 20; i += 1) {
    const filter = { where: where('metadata.user', 'icontains', `u0.1${i}`) };
    texts.push(...(await run(1, { filter })));
  }
  row('icontains over texts of their own, each time another', texts);
  const after = [];
  for (let i = 0; i < 100; i += 1) {
    records.put(analysis());
    after.push(await timed(() => index.search(query())));
  }
  row('search after a write', after);
}

const sizes = process.argv.slice(2).map(Number).filter(Number.isFinite);
for (const count of sizes.length > 0 ? sizes : [1000, 10_000, 100_000]) await measure(count);
