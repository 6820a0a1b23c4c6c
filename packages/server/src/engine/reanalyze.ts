/** Makes stored analyses again from bodies: after an upgrade of the analyser, or damage. */
import { decodeBody } from '../domain/body-codec.ts';
import type { TenantId } from '../domain/memory.ts';
import { encodeAnalysis } from '../index/analysis-codec.ts';
import type { NamespaceSource } from '../index/index-settings.ts';
import type { RecordsPort } from '../ports/records.ts';
import { createTurns } from '../util/turns.ts';
import type { Analyzer } from './analysis.ts';
import type { OutsidePlaces } from './vectors/outside-vectors.ts';

/** One namespace in one generation, whose vectors have so many components. */
export interface IndexPlace {
  readonly tenant: TenantId;
  readonly namespaceNo: number;
  readonly generation: number;
  readonly dimension: number;
}

/** What an index of one namespace reads, and how it gets an analysis that is missing. */
export function namespaceSource(
  records: Pick<RecordsPort, 'open'>,
  analyzer: Analyzer,
  { tenant, namespaceNo, generation, dimension }: IndexPlace,
  outside?: OutsidePlaces,
): NamespaceSource {
  const handle = records.open(tenant);
  return {
    ...(outside && { outside: outside.of({ tenant, namespaceNo, generation }) }),
    records: handle.index(namespaceNo, generation),
    generation,
    dimension,
    tenant,
    async reanalyze(rows) {
      const turns = createTurns(tenant);
      const made = new Map<number, Uint8Array>();
      const ordinals = rows.map((row) => row.ordinal);
      for (const row of await handle.byOrdinal(namespaceNo, ordinals)) {
        const facts = { occurredAt: row.occurredAt, isFact: row.kind === 'fact' };
        const analysis = await analyzer.analyze(decodeBody(row.body), facts, turns);
        made.set(row.ordinal, encodeAnalysis(analysis));
      }
      return made;
    },
  };
}
