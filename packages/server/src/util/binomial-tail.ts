/** How likely it is to see so many by chance. */

/** The chance of at least `hits` successes in `tries`, each of which succeeds with `chance`. */
export function binomialTail(hits: number, tries: number, chance: number): number {
  if (hits <= 0 || chance >= 1) return 1;
  if (hits > tries || chance <= 0) return 0;
  const [win, lose] = [Math.log(chance), Math.log1p(-chance)];
  let waysLog = 0;
  let sum = 0;
  for (let k = 0; k <= tries; k += 1) {
    if (k > 0) waysLog += Math.log((tries - k + 1) / k);
    if (k >= hits) sum += Math.exp(waysLog + k * win + (tries - k) * lose);
  }
  return Math.min(1, sum);
}
