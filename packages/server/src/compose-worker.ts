/** The entry of a search worker: the composition of one thread that owns large namespaces. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { openSharedStore } from './backends/sqlite/sqlite-store.ts';
import { openWorkerModels } from './compose-models.ts';
import { indexLog, poolOptions, type SearchWorkerData, sourceOfKey } from './compose-search.ts';
import { serveWorker } from './index/serve-worker.ts';
import { createLog } from './observe/log.ts';
import { systemClock } from './util/system-clock.ts';

if (!isMainThread && parentPort !== null) {
  const { store, embedder, bytesMax, logLevel }: SearchWorkerData = workerData;
  const { records } = openSharedStore(store, systemClock);
  const models = openWorkerModels(embedder);
  const log = indexLog(createLog(logLevel));
  serveWorker({
    port: parentPort,
    pool: { ...poolOptions(models, log), bytesMax },
    open: async (key) => sourceOfKey(records, models, key),
    onClose: () => records.close(),
  });
}
