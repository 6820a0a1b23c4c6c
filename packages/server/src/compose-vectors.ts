/** Where the vectors of large namespaces are searched: one line per system. */
import { randomBytes } from 'node:crypto';
import { inspectPgvector } from './backends/pgvector/doctor.ts';
import { emptyPgvector } from './backends/pgvector/empty-pgvector.ts';
import { openPgvectorIndex } from './backends/pgvector/pgvector-index.ts';
import type { DoctorCheck } from './cli/actions.ts';
import { placeOf, vectorServiceSettings, vectorServices } from './compose-vector-services.ts';
import type { Settings } from './config/settings.ts';
import type { VectorServiceValues } from './config/vector-service-settings.ts';
import { vectorStoreKey } from './engine/vectors/feed-document.ts';
import { LateVectorIndex } from './engine/vectors/late-vector-index.ts';
import { requireTurn, takeTurn } from './engine/vectors/store-turn.ts';
import type { ControlPort } from './ports/control.ts';
import type { VectorIndexPort } from './ports/vector-index.ts';

/** What a thread needs to open it; it goes to the search workers as it is. */
export type VectorSettings = VectorServiceValues &
  Pick<
    Settings,
    | 'vectors'
    | 'pgvectorUrl'
    | 'postgresUrl'
    | 'postgresPool'
    | 'postgresTimeoutMs'
    | 'vectorsWaitMs'
  >;

type Open = (settings: VectorSettings, store: string) => Promise<VectorIndexPort>;

/** In words, without secrets: an address and a name. */
type Describe = (settings: VectorSettings) => string;
/** What was there is called so; undefined where there was nothing of the store. */
type Empty = (settings: VectorSettings, store: string | undefined) => Promise<string | undefined>;
type Inspect = (settings: VectorSettings) => Promise<DoctorCheck>;
type Name = Exclude<Settings['vectors'], 'builtin'>;

interface Backend {
  readonly open: Open;
  readonly inspect: Inspect;
  readonly describe: Describe;
  readonly empty: Empty;
}

const backends: Readonly<Record<Name, Backend>> = {
  pgvector: {
    describe: (settings) => `pgvector at ${placeOf(pgvectorOf(settings).url)}`,
    open: (settings, store) => openPgvectorIndex({ ...pgvectorOf(settings), store }),
    inspect: (settings) => inspectPgvector(pgvectorOf(settings)),
    empty: (settings, store) => emptyPgvector({ ...pgvectorOf(settings), store }),
  },
  ...vectorServices,
};

function pgvectorOf(settings: VectorSettings) {
  const { pgvectorUrl, postgresUrl, postgresPool, postgresTimeoutMs } = settings;
  return {
    ...{ url: pgvectorUrl ?? postgresUrl ?? '' },
    ...{ poolMax: postgresPool, timeoutMs: postgresTimeoutMs },
    setting: pgvectorUrl === undefined ? 'REVERIE_POSTGRES_URL' : 'REVERIE_PGVECTOR_URL',
  };
}

/** Whether it answers, and has what it needs; nothing where all vectors are in memory. */
export async function inspectVectors(settings: VectorSettings): Promise<DoctorCheck[]> {
  const { vectors } = settings;
  return vectors === 'builtin' ? [] : [await backends[vectors].inspect(settings)];
}

export function vectorSettings(settings: Settings): VectorSettings {
  const { vectors, pgvectorUrl, postgresUrl, postgresPool, postgresTimeoutMs } = settings;
  const { vectorsWaitMs } = settings;
  return {
    ...{ vectors, pgvectorUrl, postgresUrl, postgresPool, postgresTimeoutMs },
    vectorsWaitMs,
    ...vectorServiceSettings(settings),
  };
}

/** For receipts and documents: which system it is. */
export function describeVectors(settings: VectorSettings): string {
  const { vectors } = settings;
  return vectors === 'builtin' ? 'memory' : backends[vectors].describe(settings);
}

/** How long a call in the background may take; a statement is ended by PostgreSQL itself. */
export function callTimeoutMs({ vectors, postgresTimeoutMs, vectorsTimeoutMs }: Settings): number {
  return vectors === 'pgvector' ? postgresTimeoutMs : vectorsTimeoutMs;
}

/** Takes everything of the store out of it; see {@link Empty}. */
export async function emptyVectors(
  settings: VectorSettings,
  store: string | undefined,
): Promise<string | undefined> {
  const { vectors } = settings;
  return vectors === 'builtin' ? undefined : backends[vectors].empty(settings, store);
}

/**
 * Undefined where everything is searched in memory. It is opened by the first who asks it.
 * `isServer`: of a start of a server, and not of another thread of it.
 */
export function vectorIndexOf(
  settings: VectorSettings,
  control: ControlPort,
  isServer: boolean,
): LateVectorIndex | undefined {
  const { vectors } = settings;
  if (vectors === 'builtin') return undefined;
  const requireStill = (index: VectorIndexPort) => requireTurn(control, index);
  return new LateVectorIndex({
    name: vectors,
    requireStill,
    open: async () => {
      const index = await backends[vectors].open(settings, await storeName(control));
      try {
        await (isServer ? takeTurn(control, index) : requireStill(index));
      } catch (error) {
        await index.close();
        throw error;
      }
      return index;
    },
  });
}

/** Made once per store, so that two of them never share what a system keeps. */
async function storeName(control: ControlPort): Promise<string> {
  for (;;) {
    const known = await control.get(vectorStoreKey);
    if (known) return known.value;
    await control.putIfVersion(vectorStoreKey, randomBytes(12).toString('hex'), 0);
  }
}
