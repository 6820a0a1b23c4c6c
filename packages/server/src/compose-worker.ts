/** Entry of a search worker: a thread that owns large namespaces. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { indexLog, type SearchWorkerData, searcherKey } from './compose-search.ts';
import { openShared } from './compose-store.ts';
import { vectorIndexOf } from './compose-vectors.ts';
import { createAnalyzer } from './engine/analysis.ts';
import { namespaceSource } from './engine/reanalyze.ts';
import { OutsidePlaces } from './engine/vectors/outside-vectors.ts';
import { serveWorker } from './index/serve-worker.ts';
import { createLog } from './observe/log.ts';

if (!isMainThread && parentPort !== null) {
  const data: SearchWorkerData = workerData;
  const analyzer = createAnalyzer();
  let opening: ReturnType<typeof openParts> | undefined;
  const parts = () => {
    // A store that is away is asked for again by the next question.
    opening ??= openParts(data).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  serveWorker({
    port: parentPort,
    pool: {
      analyzer: analyzer.version,
      log: indexLog(createLog(data.logLevel)),
      bytesMax: data.bytesMax,
    },
    open: async (key) => {
      const { records, outside } = await parts();
      return namespaceSource(records, analyzer, searcherKey.read(key), outside);
    },
    onClose: async () => {
      const opened = await opening?.catch(() => undefined);
      await opened?.index?.close();
      await opened?.records.close();
    },
  });
  // The first question need not wait for it, and is told what is wrong.
  parts().catch(() => {});
}

async function openParts({ records: backend, store, vectors }: SearchWorkerData) {
  const { records, control } = await openShared(backend, store);
  const index = vectorIndexOf(vectors, control, false);
  const outside = index && new OutsidePlaces({ index, control, waitMs: vectors.vectorsWaitMs });
  return { records, index, outside };
}
