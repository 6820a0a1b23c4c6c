/**
 * `node trim.mjs FOLDER`: removes from it what no process reads: TypeScript, source maps, and the
 * parts of SQLite's package that are sources or for other systems.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'node_modules';
for (const path of readdirSync(folder, { recursive: true })) {
  if (/\.map$|\.[cm]?ts$|\.tsbuildinfo$/.test(path)) rmSync(join(folder, path));
}

const sqlite = join(folder, '@photostructure/sqlite');
const here = `${process.platform}-${process.arch}`;
if (existsSync(sqlite)) {
  for (const name of readdirSync(join(sqlite, 'prebuilds'))) {
    if (name !== here) rmSync(join(sqlite, 'prebuilds', name), { recursive: true });
  }
  rmSync(join(sqlite, 'src'), { recursive: true });
}
