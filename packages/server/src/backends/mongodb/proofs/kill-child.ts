/** A process of its own that writes to a collection, and may be killed. */
import { writeSteps } from '../../item-table/proofs/write-steps.ts';
import { openMongoStore } from '../mongo-store.ts';
import { smallLimits } from '../test-collection.ts';

await writeSteps(({ endpoint, table, clock }) =>
  openMongoStore({ url: endpoint, database: table, clock, limits: smallLimits, timeoutMs: 30_000 }),
);
