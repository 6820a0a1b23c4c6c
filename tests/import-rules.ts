/** Which room may import which: the direction of docs/architecture.md as a table. */
import { posix } from 'node:path';

const low = ['util', 'domain'];
const middle = [...low, 'ports', 'config', 'observe'];
/** What a room may import beside itself. `index` and `providers` know no language: not `text`. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  util: [],
  domain: ['util'],
  text: low,
  ports: low,
  config: low,
  observe: low,
  index: middle,
  peers: middle,
  engine: [...middle, 'text', 'index', 'peers'],
  access: [...middle, 'text', 'index', 'peers'],
  http: [...middle, 'text', 'index', 'peers', 'engine', 'access'],
  backends: [...low, 'ports'],
  providers: [...low, 'ports'],
};
/** Rooms that see everything: the composition, the command, and the package's own index. */
const free = new Set([
  'compose.ts',
  'compose-backup.ts',
  'compose-cache.ts',
  'compose-compact.ts',
  'compose-drop-vectors.ts',
  'compose-dynamodb.ts',
  'compose-engine.ts',
  'compose-events.ts',
  'compose-forget.ts',
  'compose-kafka.ts',
  'compose-migrate.ts',
  'compose-mongodb.ts',
  'compose-models.ts',
  'compose-peers.ts',
  'compose-reindex.ts',
  'compose-restore.ts',
  'compose-search.ts',
  'compose-store.ts',
  'compose-vector-services.ts',
  'compose-vectors.ts',
  'compose-verify.ts',
  'compose-watch.ts',
  'compose-worker.ts',
  'cli',
  'index.ts',
]);
/** Libraries that belong to one room. */
const owners: Readonly<Record<string, readonly string[]>> = {
  '@reverie/sdk': ['cli'],
  commander: ['cli'],
  '@photostructure/sqlite': ['backends'],
  pg: ['backends'],
  '@platformatic/kafka': ['backends'],
  '@redis/client': ['backends'],
  '@aws-sdk/client-dynamodb': ['backends'],
  mongodb: ['backends'],
  '@ai-sdk/anthropic': ['providers'],
  '@ai-sdk/cohere': ['providers'],
  '@ai-sdk/google': ['providers'],
  '@ai-sdk/mistral': ['providers'],
  '@ai-sdk/openai': ['providers'],
  '@ai-sdk/openai-compatible': ['providers'],
  'prom-client': ['observe'],
  '@opentelemetry/api': ['observe'],
  'gpt-tokenizer/encoding/o200k_base': ['providers'],
};

/** Backends that stand on the folder of another one, or on what several of them share. */
const kin: Readonly<Record<string, string>> = {
  dynamodb: 'item-table',
  mongodb: 'item-table',
  pgvector: 'postgres',
  pinecone: 'vector-service',
  postgres: 'sql',
  qdrant: 'vector-service',
  sqlite: 'sql',
  weaviate: 'vector-service',
};

/** Breaches of the rule in one file of packages/server/src; `path` starts below it. */
export function importProblems(path: string, text: string): string[] {
  const from = roomOf(path);
  return importsOf(text).flatMap((target) => {
    if (!target.startsWith('.')) {
      const rooms = owners[target];
      return rooms === undefined || rooms.includes(from.room) ? [] : [`${path} -> ${target}`];
    }
    const to = roomOf(posix.join(posix.dirname(path), target));
    return mayImport(from, to) ? [] : [`${path} -> ${target}`];
  });
}

/** Files of the engine that work for nobody in particular, and see the records of whole tenants. */
const unscoped = [
  'engine/open-records.ts',
  'engine/reanalyze.ts',
  'engine/audit/recall-counts.ts',
  'engine/embed/embed-pending.ts',
  'engine/embed/switch-namespaces.ts',
  'engine/forget/forget-again.ts',
  'engine/forget/kept-in.ts',
  'engine/forget/run-forget.ts',
  'engine/forget/silence-dreams.ts',
  'engine/vectors/place-feed.ts',
  'engine/vectors/vector-feed.ts',
];

/** Records that are opened past the scope of the request: any other file has to ask for leave. */
export function recordsProblems(path: string, text: string): string[] {
  const isBound = /^(engine|http)\//.test(path) && !unscoped.includes(path);
  return isBound && /\brecords\b\s*\.open\(/.test(text) ? [`${path} opens records by itself`] : [];
}

/** Every import of a file of the SDK that leaves its folder. */
export function sdkImportProblems(path: string, text: string): string[] {
  const foreign = importsOf(text).filter((target) => !target.startsWith('./'));
  return foreign.map((target) => `${path} -> ${target}`);
}

export function importsOf(text: string): string[] {
  const forms = [
    /^\s*(?:import|export)\s[^;'"]*?\bfrom\s+['"]([^'"]+)['"]/gm,
    /^\s*import\s+['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]/g,
  ];
  return forms.flatMap((form) => [...text.matchAll(form)].map((found) => found[1] ?? ''));
}

interface Room {
  readonly room: string;
  /** The folder of one backend or provider; the others are closed to it. */
  readonly part: string | undefined;
}

function roomOf(path: string): Room {
  const [room = '', part] = path.split('/');
  const divided = room === 'backends' || room === 'providers';
  return { room, part: divided ? part : undefined };
}

function mayImport(from: Room, to: Room): boolean {
  if (free.has(from.room)) return true;
  if (from.room === to.room) {
    const near = [from.part, 'contract', kin[from.part ?? ''] ?? 'contract'];
    return near.includes(to.part);
  }
  return allowed[from.room]?.includes(to.room) ?? false;
}
