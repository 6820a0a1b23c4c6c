/** The entry of a search worker: the composition of one thread that owns large namespaces. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { openSharedStore } from './backends/sqlite/sqlite-store.ts';
import { indexLog, type SearchWorkerData, searcherKey } from './compose-search.ts';
import { createAnalyzer } from './engine/analysis.ts';
import { namespaceSource } from './engine/reanalyze.ts';
import { serveWorker } from './index/serve-worker.ts';
import { createLog } from './observe/log.ts';
import { systemClock } from './util/system-clock.ts';

if (!isMainThread && parentPort !== null) {
  const { store, bytesMax, logLevel }: SearchWorkerData = workerData;
  const { records } = openSharedStore(store, systemClock);
  const analyzer = createAnalyzer();
  const log = indexLog(createLog(logLevel));
  serveWorker({
    port: parentPort,
    pool: { analyzer: analyzer.version, log, bytesMax },
    open: async (key) => namespaceSource(records, analyzer, searcherKey.read(key)),
    onClose: () => records.close(),
  });
}
