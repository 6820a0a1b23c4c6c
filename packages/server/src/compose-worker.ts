/** The entry of a search worker: the composition of one thread that owns large namespaces. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { openSharedStore } from './backends/sqlite/sqlite-store.ts';
import { indexLog, type SearchWorkerData, searcherKey } from './compose-search.ts';
import { vectorIndexOf } from './compose-vectors.ts';
import { createAnalyzer } from './engine/analysis.ts';
import { namespaceSource } from './engine/reanalyze.ts';
import { OutsidePlaces } from './engine/vectors/outside-vectors.ts';
import { serveWorker } from './index/serve-worker.ts';
import { createLog } from './observe/log.ts';
import { systemClock } from './util/system-clock.ts';

if (!isMainThread && parentPort !== null) {
  const { store, bytesMax, vectors, logLevel }: SearchWorkerData = workerData;
  const { records, control } = openSharedStore(store, systemClock);
  const index = vectorIndexOf(vectors, control, false);
  const waitMs = vectors.vectorsWaitMs;
  const outside = index && new OutsidePlaces({ index, control, waitMs });
  const analyzer = createAnalyzer();
  const log = indexLog(createLog(logLevel));
  serveWorker({
    port: parentPort,
    pool: { analyzer: analyzer.version, log, bytesMax },
    open: async (key) => namespaceSource(records, analyzer, searcherKey.read(key), outside),
    onClose: async () => {
      await index?.close();
      await records.close();
    },
  });
}
