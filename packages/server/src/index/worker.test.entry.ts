/** An index worker over records in memory, for worker-host.test.ts. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { analysisOf, baseSettings, sourceOf } from './index-fixtures.test.helper.ts';
import { MemoryIndexRecords } from './memory-records.test.helper.ts';
import { serveWorker } from './serve-worker.ts';

/** Each namespace has `workerData` memories; one named `crash` ends the worker. */
async function open(key: string) {
  if (key === 'crash') process.exit(3);
  if (key === 'refused') throw new Error('No such namespace.');
  const records = new MemoryIndexRecords();
  for (let i = 0; i < Number(workerData); i += 1) records.put(analysisOf(`${key} word${i}`));
  return sourceOf(records);
}

if (!isMainThread && parentPort !== null) {
  serveWorker({ port: parentPort, pool: { ...baseSettings, bytesMax: 1e9 }, open });
}
