/** Makes stored analyses again from bodies: after an upgrade of analyser or model, or damage. */
import { decodeBody } from '../domain/body-codec.ts';
import type { TenantId } from '../domain/memory.ts';
import { encodeAnalysis } from '../index/analysis-codec.ts';
import type { NamespaceSource } from '../index/index-settings.ts';
import type { RecordsPort } from '../ports/records.ts';
import type { Analyzer } from './analysis.ts';

/** What an index of one namespace reads, and how it gets an analysis that is missing. */
export function namespaceSource(
  records: RecordsPort,
  analyzer: Analyzer,
  tenant: TenantId,
  namespaceNo: number,
): NamespaceSource {
  const handle = records.open(tenant);
  return {
    records: handle.index(namespaceNo),
    async reanalyze(rows) {
      const made = new Map<number, Uint8Array>();
      const ordinals = rows.map((row) => row.ordinal);
      for (const row of await handle.byOrdinal(namespaceNo, ordinals)) {
        const facts = { occurredAt: row.occurredAt, isFact: row.kind === 'fact' };
        made.set(row.ordinal, encodeAnalysis(await analyzer.analyze(decodeBody(row.body), facts)));
      }
      return made;
    },
  };
}
