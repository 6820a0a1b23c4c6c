import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createWatch, type Phase } from './watch.ts';

const exporter = new InMemorySpanExporter();
const phases: Phase[] = [];
const watch = createWatch({ phase: (phase) => phases.push(phase), vectorsMissed: () => {} });

beforeAll(() => {
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});
afterAll(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});
beforeEach(() => {
  exporter.reset();
  phases.length = 0;
});

const answered = { method: 'POST', route: '/v1/memory/search', status: 200 };
const headers = new Headers();

function spanNamed(name: string): ReadableSpan {
  const found = exporter.getFinishedSpans().find((span) => span.name === name);
  if (!found) throw new Error(`There is no span ${name}.`);
  return found;
}

test('phases are spans inside the span of their request', async () => {
  await watch.request(
    headers,
    async () => {
      const found = await watch.phase('search', async () => {
        await Promise.resolve();
        return 7;
      });
      expect(watch.phase('rank', () => found + 1)).toBe(8);
    },
    () => answered,
  );
  const request = spanNamed('POST /v1/memory/search');
  for (const name of ['reverie.search', 'reverie.rank']) {
    expect(spanNamed(name).parentSpanContext?.spanId).toBe(request.spanContext().spanId);
  }
  expect(request.attributes).toEqual({
    'http.request.method': 'POST',
    'http.route': '/v1/memory/search',
    'http.response.status_code': 200,
  });
  expect(phases).toEqual(['search', 'rank']);
});

test('a request goes on with the trace of its caller', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  await watch.request(
    new Headers({ traceparent }),
    async () => {},
    () => answered,
  );
  expect(spanNamed('POST /v1/memory/search').spanContext().traceId).toBe(traceId);
});

test('what fails is told as failed, without a word of why', async () => {
  const secret = 'the canary sings';
  const late = watch.phase('commit', () => Promise.reject(new Error(secret)));
  await expect(late).rejects.toThrow(secret);
  const thrower = () =>
    watch.phase('rank', () => {
      throw new Error(secret);
    });
  expect(thrower).toThrow(secret);
  for (const name of ['reverie.commit', 'reverie.rank']) {
    expect(spanNamed(name).status).toEqual({ code: 2 });
    expect(spanNamed(name).events).toEqual([]);
  }
  expect(phases).toHaveLength(2);
});
