import { fileURLToPath } from 'node:url';
import { workerUrl } from '../../../util/worker-url.ts';
import { openEphemeralStore } from '../../ephemeral/ephemeral-store.ts';
import { runKillProof } from '../../item-table/proofs/kill-rules.ts';
import { runLargeRows } from '../../item-table/proofs/large-rows-rules.ts';
import { runSteadyReads } from '../../item-table/proofs/steady-rules.ts';
import type { System } from '../../item-table/proofs/test-table.ts';
import { makeTestCollection, missing, smallLimits } from '../test-collection.ts';
import { openCommandProxy } from './command-proxy.ts';

const system: System = {
  name: 'mongodb',
  missing,
  makeTable: makeTestCollection,
  openProxy: openCommandProxy,
  reference: (clock) => openEphemeralStore({ clock }),
  // transactionLifetimeLimitSeconds.
  keepsOutMs: 60_000,
  childPath: fileURLToPath(workerUrl('./kill-child', import.meta.url)),
};
/** With transactions so small that journals are written. */
const narrow: System = {
  ...system,
  name: 'mongodb, small transactions',
  makeTable: (endpoint, name) => makeTestCollection(endpoint, name, smallLimits),
};

runLargeRows(system);
runSteadyReads(system);
runSteadyReads(narrow);
runKillProof(narrow);
