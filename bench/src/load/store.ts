/** A store with synthetic namespaces of known sizes, the ground of the load figures. */
import { type Item, importAll } from '../lib/api.ts';
import type { JsonClient } from '../lib/client.ts';
import { createTextSource } from './text-source.ts';

const texts = createTextSource(42);

/** 2026-01-01, when the first synthetic memory is said; each later one a minute after. */
const firstAt = Date.UTC(2026, 0, 1);

/** The namespace that holds `size` memories. */
export function namespaceOfSize(size: number): string {
  return `load-${size}`;
}

/** Fills a namespace in threads of 20 turns; returns memories per second. */
export async function fill(client: JsonClient, size: number): Promise<number> {
  const startedAt = performance.now();
  const chunk = 5_000;
  for (let start = 0; start < size; start += chunk) {
    const count = Math.min(chunk, size - start);
    const items = Array.from({ length: count }, (_, offset) => turn(start + offset));
    await importAll(client, namespaceOfSize(size), items, { size: 500, inFlight: 2 });
  }
  return size / ((performance.now() - startedAt) / 1000);
}

/** Synthetic memory n. */
export function turn(n: number): Item {
  return {
    value: texts.text(n),
    key: `thread-${Math.floor(n / 20)}`,
    mode: 'append',
    occurred_at: new Date(firstAt + n * 60_000).toISOString(),
  };
}

/** `count` different queries, each of which hits some memory of a namespace of that size. */
export function queriesFor(size: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => texts.query((n * 7_919) % size));
}
