/** What the server counts about itself, in the text form of Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { once } from '../util/once.ts';
import type { Phase } from './watch.ts';

/**
 * No label holds a tenant, a namespace or a key, or anything else that a caller can choose: the
 * number of series is bounded, and whoever reads them learns nothing of anybody.
 */
export interface Metrics {
  /** `route` as it was declared; `seconds` until the answer began. */
  request(done: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  requestBegan(): void;
  error(code: string): void;
  phase(phase: Phase, seconds: number): void;
  /** Writes that became durable by one commit. */
  group(size: number): void;
  /** An attempt to deliver an event to a webhook. */
  delivery(outcome: 'delivered' | 'failed' | 'dead'): void;
  /** A search that had to do without the vectors of another system. */
  vectorsMissed(): void;
  /** Read when somebody asks; one that throws is left out of the answer. */
  gauge(name: GaugeName, read: () => number | Promise<number>): void;
  /** The text, and its media type. */
  render(): Promise<{ readonly text: string; readonly type: string }>;
}

const gauges = {
  reverie_index_memory_bytes: 'Memory of the indexes, those of the search workers included.',
  reverie_index_namespaces: 'Namespaces whose index is in memory.',
  reverie_embeddings_pending: 'Memories that wait for their vector.',
  reverie_embeddings_switching: 'Namespaces that are still searched by another model.',
  reverie_embedder_answers: '1 while the embedder answers, 0 while it is left alone.',
  reverie_vectors_filling: 'Namespaces whose vectors are on their way to another system.',
  reverie_vectors_behind: 'Changes whose vectors are not in the other system yet.',
  reverie_vectors_answers: '1 while vectors can be brought to the other system, 0 while not.',
  reverie_records_writable: '1 while the store takes writes.',
  reverie_shared_counters_answer: '1 while Redis answers, 0 while this server counts by itself.',
  reverie_webhook_deliveries_waiting: 'Deliveries to webhooks that wait for another attempt.',
  reverie_event_streams: 'Event streams that are open.',
  reverie_events_behind: 'Changes that are not published yet, as far as this server knows.',
  reverie_events_behind_seconds: 'How long the oldest change that is not published has waited.',
  reverie_events_topic_answers: '1 while events can be published, 0 while they wait.',
  reverie_data_free_bytes: 'Free space where the data folder is.',
} as const;
export type GaugeName = keyof typeof gauges;

/** From a tenth of a millisecond, for phases, to the longest wait that anybody has. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
const phaseBuckets = [0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10];
const groupBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000];
const methods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS']);

export function createMetrics(version: string): Metrics {
  const registers = [new Registry()];
  const [registry] = registers;
  const requests = new Counter({
    name: 'reverie_http_requests_total',
    help: 'Answered requests.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'reverie_http_request_duration_seconds',
    help: 'Time from a request to the beginning of its answer.',
    labelNames: ['method', 'route'],
    buckets: requestBuckets,
    registers,
  });
  const { errors, phases, groups, deliveries, missed } = openCounters(registers);
  // A plain number, read when somebody asks: it changes twice for every request.
  let underWay = 0;
  new Gauge({
    name: 'reverie_http_requests_under_way',
    help: 'Requests that are being answered.',
    registers,
    collect() {
      this.set(underWay);
    },
  });
  new Gauge({
    name: 'reverie_build_info',
    help: 'Always 1; the labels tell the version.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.version }, 1);
  return {
    requestBegan: () => {
      underWay += 1;
    },
    request: ({ method: asked, route, status, seconds: took }) => {
      const method = methods.has(asked) ? asked : 'other';
      underWay -= 1;
      requests.inc({ method, route, status: `${Math.floor(status / 100)}xx` });
      seconds.observe({ method, route }, took);
    },
    error: (code) => errors.inc({ code }),
    phase: (phase, took) => phases.observe({ phase }, took),
    group: (size) => groups.observe(size),
    delivery: (outcome) => deliveries.inc({ outcome }),
    vectorsMissed: () => missed.inc(),
    gauge: (name, read) => addGauge(registers, name, read),
    render: async () => {
      const texts = [await registry?.metrics(), await processMetrics().metrics()];
      return { text: texts.join('\n'), type: Registry.PROMETHEUS_CONTENT_TYPE };
    },
  };
}

function openCounters(registers: Registry[]) {
  return {
    errors: new Counter({
      name: 'reverie_errors_total',
      help: 'Errors that were answered, by their code (docs/errors.md).',
      labelNames: ['code'],
      registers,
    }),
    phases: new Histogram({
      name: 'reverie_phase_duration_seconds',
      help: 'Time of the parts of a store and a recall.',
      labelNames: ['phase'],
      buckets: phaseBuckets,
      registers,
    }),
    missed: new Counter({
      name: 'reverie_vectors_missed_total',
      help: 'Searches that went without the vectors of another system, which did not answer.',
      registers,
    }),
    deliveries: new Counter({
      name: 'reverie_webhook_attempts_total',
      help: 'Attempts to deliver an event to a webhook; dead: the last one of an event.',
      labelNames: ['outcome'],
      registers,
    }),
    groups: new Histogram({
      name: 'reverie_commit_group_size',
      help: 'Writes that became durable together.',
      buckets: groupBuckets,
      registers,
    }),
  };
}

function addGauge(
  registers: Registry[],
  name: GaugeName,
  read: () => number | Promise<number>,
): void {
  const gauge: Gauge = new Gauge({
    name,
    help: gauges[name],
    registers,
    collect: async () => {
      try {
        gauge.set(await read());
      } catch {
        gauge.reset();
      }
    },
  });
}

/** Of the process, however many apps it holds; measured from the first time that somebody asks. */
const processMetrics = once(() => {
  const register = new Registry();
  collectDefaultMetrics({ register });
  return register;
});
