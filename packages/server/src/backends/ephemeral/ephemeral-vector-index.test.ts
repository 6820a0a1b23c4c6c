import { runVectorIndexContract } from '../contract/vector-index-contract.ts';
import { openEphemeralVectorIndex } from './ephemeral-vector-index.ts';

runVectorIndexContract({
  name: 'ephemeral',
  open: async () => ({ index: openEphemeralVectorIndex(), close: async () => {} }),
});
