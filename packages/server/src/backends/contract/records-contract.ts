/** The contract of the records port: every backend runs these tests. */
import { afterAll, beforeAll, describe } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { RecordsPort } from '../../ports/records.ts';
import { commitRules } from './commit-rules.ts';
import { concurrencyRules } from './concurrency-rules.ts';
import { documentRules } from './document-rules.ts';
import { eraseRules } from './erase-rules.ts';
import { type Backend, FakeClock, type OpenStore, type Suite } from './fixtures.ts';
import { indexRules } from './index-rules.ts';
import { isolationRules } from './isolation-rules.ts';
import { keyRules } from './key-rules.ts';
import { pageRules } from './page-rules.ts';
import { receiptRules } from './receipt-rules.ts';
import { removalRules } from './removal-rules.ts';
import { storedBytesRules } from './stored-bytes-rules.ts';
import { updateRules } from './update-rules.ts';
import { vectorRules } from './vector-rules.ts';

/** Groups of rules; a backend that skips one says why in its test file. */
const groups = {
  commit: commitRules,
  update: updateRules,
  erase: eraseRules,
  key: keyRules,
  page: pageRules,
  receipt: receiptRules,
  document: documentRules,
  removal: removalRules,
  storedBytes: storedBytesRules,
  index: indexRules,
  vector: vectorRules,
  isolation: isolationRules,
  concurrency: concurrencyRules,
} as const;
export type RecordsRules = keyof typeof groups;

export interface RecordsContract extends Backend {
  readonly skip?: readonly { readonly rules: RecordsRules; readonly reason: string }[];
}

/** Declares the suite `<name>: records`. */
export function runRecordsContract({ name, open, skip = [] }: RecordsContract): void {
  describe(`${name}: records`, () => {
    const clock = new FakeClock();
    let store: OpenStore | undefined;
    let tenants = 0;
    const opened = (): OpenStore => {
      if (!store) throw new Error('the store is opened before the tests');
      return store;
    };
    const suite: Suite = {
      clock,
      get records(): RecordsPort {
        return opened().records;
      },
      get control(): ControlPort {
        return opened().control;
      },
      tenant: () => `tenant-${++tenants}` as TenantId,
    };
    beforeAll(async () => {
      store = await open(clock);
    });
    afterAll(async () => store?.close());
    for (const [rules, declare] of Object.entries(groups)) {
      const skipped = skip.find((entry) => entry.rules === rules);
      if (skipped) describe.skip(`${rules} (${skipped.reason})`, () => declare(suite));
      else describe(rules, () => declare(suite));
    }
  });
}
