/** The generated pages say what the tables in the code say. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './source-files.ts';

it('settings.md, errors.md and openapi.json are up to date (npm run build && npm run docs)', () => {
  const script = join(root, 'scripts/generate-docs.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
