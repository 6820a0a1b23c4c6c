/** Every code of the error table is named by a test: one that nothing can produce is dead. */
import { expect, test } from 'vitest';
import { errorTable } from '../packages/server/src/domain/errors.ts';
import { filesUnder, read } from './source-files.ts';

const named = [...filesUnder('packages'), ...filesUnder('tests'), ...filesUnder('bench')]
  .filter((path) => /\.ts$/.test(path) && !/\/dist\//.test(path))
  .filter((path) => /^tests\/|\.test\.ts$|\/contract\/|\/proofs\//.test(path))
  .map((path) => read(path))
  .join('\n');

test.each(Object.keys(errorTable))('%s is produced by a test', (code) => {
  expect(new RegExp(`['"\`/^]${code}\\b`).test(named)).toBe(true);
});
