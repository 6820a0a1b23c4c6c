/** A process of its own that writes to a table, and may be killed. */
import { writeSteps } from '../../item-table/proofs/write-steps.ts';
import { openDynamoStore } from '../dynamo-store.ts';

await writeSteps((task) => openDynamoStore({ ...task, timeoutMs: 30_000 }));
