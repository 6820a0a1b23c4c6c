/** `npm run bench:compare -- A.json B.json`: is B better than A, or is it chance? */
import { readFileSync } from 'node:fs';
import { describeFailure } from './lib/failure.ts';
import { parseResult } from './lib/read-result.ts';
import { formatTable } from './lib/results.ts';
import { compareResults } from './recall/query-scores.ts';

const [first, second, ...more] = process.argv.slice(2);
if (first === undefined || second === undefined || more.length > 0) {
  console.error('npm run bench:compare -- A.json B.json   two results of npm run bench:recall');
  process.exitCode = 2;
} else {
  try {
    const [a, b] = [first, second].map((path) => parseResult(readFileSync(path, 'utf8')));
    if (a === undefined || b === undefined) throw new Error('two results are needed');
    console.log(`A  ${a.date}  ${a.command}\nB  ${b.date}  ${b.command}\n`);
    console.log(formatTable(compareResults(a, b)));
  } catch (error) {
    console.error(describeFailure(error));
    process.exitCode = 1;
  }
}
