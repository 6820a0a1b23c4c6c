/** The natural sentences of all strategies. */
import type { NaturalSet } from '../natural-set.ts';
import { forecast } from './forecast.ts';
import { patternExtract } from './pattern-extract.ts';
import { validate } from './validate.ts';

export const naturalSets: readonly NaturalSet[] = [validate, patternExtract, forecast];
