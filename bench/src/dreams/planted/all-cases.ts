/** The planted namespaces of all strategies, in the order in which a dream runs them. */
import type { PlantedCase } from '../planted-case.ts';
import { associate } from './associate.ts';
import { compress } from './compress.ts';
import { evolve } from './evolve.ts';
import { forecast } from './forecast.ts';
import { insightGenerate } from './insight-generate.ts';
import { patternExtract } from './pattern-extract.ts';
import { reflect } from './reflect.ts';
import { synthesize } from './synthesize.ts';
import { validate } from './validate.ts';

export const plantedCases: readonly PlantedCase[] = [
  validate,
  synthesize,
  evolve,
  associate,
  patternExtract,
  insightGenerate,
  forecast,
  compress,
  reflect,
];
