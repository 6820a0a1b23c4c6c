import { runCountersContract } from './counters-contract.ts';
import { ReferenceCounters } from './reference-counters.ts';

runCountersContract({
  name: 'reference',
  open: async () => {
    const counters = new ReferenceCounters(() => performance.timeOrigin + performance.now());
    return {
      servers: [counters, counters],
      forget: async () => counters.forget(),
      close: async () => {},
    };
  },
});
