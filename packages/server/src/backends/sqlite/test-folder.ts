/** A data folder for one test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestFolder {
  readonly path: string;
  remove(): void;
}

export function makeTestFolder(): TestFolder {
  const parent = mkdtempSync(join(tmpdir(), 'reverie-'));
  return {
    path: join(parent, 'data'),
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}
