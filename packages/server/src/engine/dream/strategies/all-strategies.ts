/** The strategies that there are, in the order in which a dream runs them. */
import type { Strategy } from '../strategy.ts';
import { compress } from './compress.ts';

export const allStrategies: readonly Strategy[] = [compress];
