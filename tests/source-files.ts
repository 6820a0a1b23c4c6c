/** The files of the repository, as the self-checks read them. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const skipped = new Set(['node_modules', 'dist', 'coverage', 'reverie-data', 'results']);

/** Paths from the root with forward slashes; what is built, installed or hidden is left out. */
export function filesUnder(folder: string, base = root): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(base, folder), { withFileTypes: true })) {
    if (skipped.has(entry.name) || entry.name.startsWith('.')) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...filesUnder(path, base));
    else found.push(path);
  }
  return found.sort();
}

export function read(path: string, base = root): string {
  return readFileSync(join(base, path), 'utf8');
}
