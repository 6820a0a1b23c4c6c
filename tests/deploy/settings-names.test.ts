/** deploy/ and the guides name settings that exist. */
import { expect, test } from 'vitest';
import { allSettings } from '../../packages/server/src/config/settings-table.ts';
import { filesUnder, read } from '../source-files.ts';

const known = new Set(
  allSettings.flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env])),
);
/** A name that ends in _ is the beginning of several, as in "all REVERIE_LLM_ settings". */
const namesIn = (text: string): string[] => text.match(/\bREVERIE_[A-Z0-9_]*[A-Z0-9]\b/g) ?? [];

/** Guides name variables of tests too. */
const isOfTests = (name: string): boolean => name.startsWith('REVERIE_TEST_');

test.each([...filesUnder('deploy'), ...filesUnder('docs/guides')])(
  '%s names settings that exist',
  (path) => {
    const names = new Set(namesIn(read(path)));
    const unknown = [...names].filter((name) => !known.has(name) && !isOfTests(name));
    expect(unknown).toEqual([]);
  },
);

test('a wrong name is seen', () => {
  expect(namesIn('REVERIE_RECORD=x and $REVERIE_PORTS')).toEqual([
    'REVERIE_RECORD',
    'REVERIE_PORTS',
  ]);
});
