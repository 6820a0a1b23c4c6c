/** Many problems in one line. */

const shownMax = 5;

/** The first ones, and how many more there are. */
export function listed(problems: readonly string[]): string {
  const more = problems.length > shownMax ? `, and ${problems.length - shownMax} more` : '';
  return problems.slice(0, shownMax).join(', ') + more;
}
