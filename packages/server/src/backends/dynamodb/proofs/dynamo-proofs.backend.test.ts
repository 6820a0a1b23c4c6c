import { fileURLToPath } from 'node:url';
import { workerUrl } from '../../../util/worker-url.ts';
import { openEphemeralStore } from '../../ephemeral/ephemeral-store.ts';
import { runKillProof } from '../../item-table/proofs/kill-rules.ts';
import { runLargeRows } from '../../item-table/proofs/large-rows-rules.ts';
import { runSteadyReads } from '../../item-table/proofs/steady-rules.ts';
import type { System } from '../../item-table/proofs/test-table.ts';
import { makeTestTable, missing } from '../test-table.ts';
import { openCountingProxy } from './counting-proxy.ts';

const system: System = {
  name: 'DynamoDB',
  missing,
  makeTable: makeTestTable,
  openProxy: openCountingProxy,
  reference: (clock) => openEphemeralStore({ clock }),
  keepsOutMs: 0,
  childPath: fileURLToPath(workerUrl('./kill-child', import.meta.url)),
};

runKillProof(system);
runSteadyReads(system);
runLargeRows(system);
