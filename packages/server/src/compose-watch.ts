/** What is measured, and where it is read. */
import { statfs } from 'node:fs/promises';
import type { WriteWatch } from './backends/sqlite/writer-client.ts';
import type { OpenEngine } from './compose-engine.ts';
import type { Following } from './compose-events.ts';
import type { Settings } from './config/settings.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { createWatch, type Watch } from './observe/watch.ts';
import type { RecordsPort } from './ports/records.ts';
import type { SharedCounters } from './ports/shared-counters.ts';

export interface Watching {
  readonly metrics: Metrics;
  readonly watch: Watch;
  /** For the store that writes through a thread. */
  readonly writes: WriteWatch;
}

export function openWatching(version: string): Watching {
  const metrics = createMetrics(version);
  const watch = createWatch(metrics);
  const writes: WriteWatch = {
    write: (kind, work) => (kind === 'commit' ? watch.phase('commit', work) : work()),
    group: (size) => metrics.group(size),
  };
  return { metrics, watch, writes };
}

interface Read {
  readonly engine: Pick<OpenEngine, 'backfill' | 'embeddings' | 'indexes' | 'vectorFeed'>;
  readonly records: RecordsPort;
  readonly settings: Settings;
  readonly following: Following;
  readonly shared: SharedCounters | undefined;
}

export function addGauges(metrics: Metrics, read: Read): void {
  const { engine, records, settings, following, shared } = read;
  const { backfill, embeddings, indexes, vectorFeed } = engine;
  metrics.gauge('reverie_index_memory_bytes', async () => (await indexes.stats()).bytes);
  metrics.gauge('reverie_index_namespaces', async () => (await indexes.stats()).namespaces);
  metrics.gauge('reverie_embeddings_pending', async () => (await backfill.progress()).pending);
  metrics.gauge('reverie_embeddings_switching', async () => (await backfill.progress()).switching);
  metrics.gauge('reverie_embedder_answers', () => Number(embeddings.answers));
  metrics.gauge('reverie_records_writable', async () => Number((await records.status()).writable));
  metrics.gauge('reverie_webhook_deliveries_waiting', () => following.webhooks.waiting);
  metrics.gauge('reverie_event_streams', () => following.streams.count);
  if (shared) metrics.gauge('reverie_shared_counters_answer', () => Number(shared.answers));
  const { publisher } = following;
  if (publisher) {
    metrics.gauge('reverie_events_behind', () => publisher.status.behind);
    metrics.gauge('reverie_events_behind_seconds', () => publisher.status.oldestMs / 1_000);
    metrics.gauge('reverie_events_topic_answers', () => Number(publisher.status.ok));
  }
  if (vectorFeed !== undefined) {
    metrics.gauge('reverie_vectors_filling', () => vectorFeed.progress().filling);
    metrics.gauge('reverie_vectors_behind', () => vectorFeed.progress().behind);
    metrics.gauge('reverie_vectors_answers', () => Number(!vectorFeed.progress().problem));
  }
  if (settings.records !== 'sqlite') return;
  metrics.gauge('reverie_data_free_bytes', async () => {
    const { bavail, bsize } = await statfs(settings.dataDir);
    return bavail * bsize;
  });
}
