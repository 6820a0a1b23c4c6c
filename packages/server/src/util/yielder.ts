/** Lets long work give the event loop its turn. */
import { setImmediate } from 'node:timers/promises';

/** Returns a function to await between pieces of work: it yields once `sliceMs` have passed. */
export function createYielder(sliceMs = 2): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < sliceMs) return undefined;
    return setImmediate().then(() => {
      since = performance.now();
    });
  };
}
