/** The strategies that there are, in the order in which a dream runs them. */
import type { Strategy } from '../strategy.ts';

export const allStrategies: readonly Strategy[] = [];
