/** Makes everything derived from a store again: `reverie reindex`. */
import { indexLog } from './compose-search.ts';
import type { Settings } from './config/settings.ts';
import type { NamespaceName } from './domain/memory.ts';
import { createAnalyzer } from './engine/analysis.ts';
import { generationRegistry } from './engine/embed/generations.ts';
import { namespaceSource } from './engine/reanalyze.ts';
import type { DerivedPlace } from './engine/reindex/derived.ts';
import { type ReindexProgress, type ReindexReport, reindex } from './engine/reindex/reindex.ts';
import { createIndexPool } from './index/index-pool.ts';
import { createLog } from './observe/log.ts';
import type { ControlPort } from './ports/control.ts';
import type { RecordsPort } from './ports/records.ts';

interface Store {
  readonly records: RecordsPort;
  readonly control: ControlPort;
}

/** Closes the store. Throws namespace_not_found, and what the store says. */
export async function reindexStore(
  { records, control }: Store,
  settings: Settings,
  name: string | undefined,
  tell: (progress: ReindexProgress) => void,
): Promise<ReindexReport> {
  const analyzer = createAnalyzer();
  const pool = createIndexPool({
    analyzer: analyzer.version,
    log: indexLog(createLog(settings.logLevel)),
    bytesMax: settings.indexMemoryMb * 2 ** 20,
  });
  try {
    const registry = await control.get(generationRegistry.key);
    const dimensions = registry
      ? generationRegistry.dimensionsIn(registry.value)
      : new Map<number, number>();
    const placeOf = (
      tenant: DerivedPlace['tenant'],
      namespace: DerivedPlace['namespace'],
    ): DerivedPlace => {
      const keyOf = (generation: number): string => `${namespace.no}/${generation}`;
      const sourceOf = (generation: number) => {
        const dimension = dimensions.get(generation) ?? 0;
        const place = { tenant, namespaceNo: namespace.no, generation, dimension };
        return namespaceSource(records, analyzer, place);
      };
      return {
        ...{ tenant, namespace, records: records.open(tenant), analyzer, dimensions },
        openIndex: (generation) => pool.searcher(keyOf(generation), sourceOf(generation)),
        releaseIndex: (generation) => pool.release(keyOf(generation)),
      };
    };
    // A name that is in the store was checked when it came in.
    return await reindex({ records, placeOf, name: name as NamespaceName | undefined, tell });
  } finally {
    await pool.close();
    await records.close();
  }
}
