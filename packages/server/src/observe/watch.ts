/** Where time goes: each phase of a verb is measured, and is a span of OpenTelemetry. */
import { context, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Metrics } from './metrics.ts';

/**
 * `query`: the question's words and vector. `search`: candidates from the index. `rank`: their
 * order. `show`: reading the results. `rerank`: the model that reads them again. `embed`: a vector
 * for a store or a question. `commit`: until a write is on the disk.
 */
export type Phase = 'query' | 'search' | 'rank' | 'show' | 'rerank' | 'embed' | 'commit';

export interface Watch {
  /** `headers` may name the span of the caller (`traceparent`). */
  request(headers: Headers, work: () => Promise<void>, read: () => RequestSpan): Promise<void>;
  phase<T>(phase: Phase, work: () => T): T;
  /** A search had to do without the vectors of another system. */
  vectorsMissed(): void;
}

/** What a span of a request is told of it; never its path, which may hold a namespace. */
export interface RequestSpan {
  readonly method: string;
  readonly route: string;
  readonly status: number;
}

/** Without anything that is measured. */
export const noWatch: Watch = {
  request: (_, work) => work(),
  phase: (_, work) => work(),
  vectorsMissed: () => {},
};

/**
 * The API alone, without an SDK, does nothing and costs next to nothing: whoever wants spans loads
 * an SDK before the server (docs/guides/operate.md).
 */
const tracer = trace.getTracer('reverie');

export function createWatch(metrics: Pick<Metrics, 'phase' | 'vectorsMissed'>): Watch {
  return {
    request: inRequestSpan,
    vectorsMissed: () => metrics.vectorsMissed(),
    phase: (phase, work) =>
      tracer.startActiveSpan(`reverie.${phase}`, (span) => {
        const startedAt = performance.now();
        const end = (): void => {
          metrics.phase(phase, (performance.now() - startedAt) / 1000);
          span.end();
        };
        return ending(work, span, end);
      }),
  };
}

function inRequestSpan(
  headers: Headers,
  work: () => Promise<void>,
  read: () => RequestSpan,
): Promise<void> {
  const parent = propagation.extract(context.active(), headers, {
    keys: (carrier) => [...carrier.keys()],
    get: (carrier, name) => carrier.get(name) ?? undefined,
  });
  return tracer.startActiveSpan('reverie.request', {}, parent, async (span) => {
    try {
      await work();
    } finally {
      if (span.isRecording()) describe(span, read());
      span.end();
    }
  });
}

function describe(span: Span, { method, route, status }: RequestSpan): void {
  span.updateName(`${method} ${route}`);
  span.setAttribute('http.request.method', method);
  span.setAttribute('http.route', route);
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Works for work that answers at once, and for work that promises to. */
function ending<T>(work: () => T, span: Span, end: () => void): T {
  const fail = (): void => {
    // Without the message: it may hold what a user wrote.
    span.setStatus({ code: SpanStatusCode.ERROR });
    end();
  };
  try {
    const result = work();
    if (result instanceof Promise) result.then(end, fail);
    else end();
    return result;
  } catch (error) {
    fail();
    throw error;
  }
}
