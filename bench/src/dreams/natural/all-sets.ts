/** The natural sentences of all strategies. */
import type { NaturalSet } from '../natural-set.ts';
import { associate } from './associate.ts';
import { evolve } from './evolve.ts';
import { forecast } from './forecast.ts';
import { patternExtract } from './pattern-extract.ts';
import { synthesize } from './synthesize.ts';
import { validate } from './validate.ts';

export const naturalSets: readonly NaturalSet[] = [
  validate,
  synthesize,
  evolve,
  associate,
  patternExtract,
  forecast,
];
