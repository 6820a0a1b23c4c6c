/** Says how far a difference between two runs over the same queries can be chance. */
import { createRandom } from '../lib/random.ts';
import { mean } from '../lib/stats.ts';

export interface Difference {
  /** The mean of (second - first) over queries. */
  readonly mean: number;
  /** The 95 % interval of that mean. */
  readonly low: number;
  readonly high: number;
}

/**
 * A paired bootstrap: queries are drawn again with repetition, both runs keep their scores of a
 * query together. Equal seeds give equal intervals; NaN throughout when there are no queries.
 */
export function pairedBootstrap(
  first: readonly number[],
  second: readonly number[],
  options: { resamples?: number; seed?: number } = {},
): Difference {
  if (first.length !== second.length) throw new Error('paired runs have one score per query each');
  const { resamples = 10_000, seed = 1 } = options;
  const differences = Float64Array.from(second, (score, index) => score - (first[index] ?? 0));
  const count = differences.length;
  if (count === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN };
  const random = createRandom(seed);
  const means = new Float64Array(resamples);
  for (let round = 0; round < resamples; round += 1) {
    let sum = 0;
    for (let draw = 0; draw < count; draw += 1) {
      sum += differences[Math.floor(random() * count)] ?? 0;
    }
    means[round] = sum / count;
  }
  means.sort();
  const at = (share: number): number => means[Math.round(share * (resamples - 1))] ?? Number.NaN;
  return { mean: mean([...differences]), low: at(0.025), high: at(0.975) };
}

/** "+0.031 [0.012, 0.050]", or a dash when nothing was compared. */
export function formatDifference(difference: Difference): string {
  if (Number.isNaN(difference.mean)) return '-';
  const sign = difference.mean < 0 ? '' : '+';
  const [low, high] = [difference.low, difference.high].map((value) => value.toFixed(3));
  return `${sign}${difference.mean.toFixed(3)} [${low}, ${high}]`;
}

/** What the interval says of the second run against the first, in a word or two. */
export function verdict(difference: Difference): string {
  if (Number.isNaN(difference.mean)) return '-';
  if (difference.low > 0) return 'above';
  if (difference.high < 0) return 'BELOW';
  return difference.mean < 0 ? 'below, within chance' : 'within chance';
}
