/** The strategies that there are, in the order in which a dream runs them. */
import type { Strategy } from '../strategy.ts';
import { compress } from './compress.ts';
import { evolve } from './evolve.ts';
import { synthesize } from './synthesize.ts';
import { validate } from './validate.ts';

export const allStrategies: readonly Strategy[] = [validate, synthesize, evolve, compress];
