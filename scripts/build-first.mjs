/** What vitest does before the first test: the tests run what is compiled from these sources. */
import { ensureReady } from './ensure-ready.mjs';

export const setup = ensureReady;
