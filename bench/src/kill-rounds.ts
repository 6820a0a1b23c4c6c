/** `node bench/dist/kill-rounds.js [ROUNDS]`: kill -9 rounds as one test; 10 rounds by default. */
import { killRounds } from './kill.ts';

const rounds = Number(process.argv[2] ?? '10');
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('ROUNDS is a whole number from 1');
const report = await killRounds({ rounds });
const { acknowledged, lost, notFound, refused, restart } = report;
console.log(
  `${rounds} kills, ${acknowledged} memories acknowledged, ${lost.length} lost, ` +
    `${notFound.length} not found by search, ${refused.length} refused, ` +
    `restart p50 ${restart.p50.toFixed(0)} ms`,
);
for (const reason of refused.slice(0, 5)) console.log(`refused: ${reason}`);
const good = acknowledged > 0 && lost.length + notFound.length + refused.length === 0;
console.log(good ? '1 passed, 0 failed' : '0 passed, 1 failed');
process.exitCode = good ? 0 : 1;
