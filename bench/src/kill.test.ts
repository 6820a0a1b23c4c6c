import { expect, test } from 'vitest';
import { killRounds } from './kill.ts';

test('no acknowledged memory is lost when the server is killed during writes', async () => {
  const report = await killRounds({ rounds: 2 });
  expect(report.acknowledged).toBeGreaterThan(50);
  expect(report).toMatchObject({ rounds: 2, lost: [], notFound: [], refused: [] });
}, 120_000);
