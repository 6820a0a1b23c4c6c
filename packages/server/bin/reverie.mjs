#!/usr/bin/env node
/**
 * Starts the built command. It is a file of its own because npm links a command only when its file
 * exists at install time, and a fresh clone is built after that.
 */
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('reverie is not built yet: run "npm run build" first.\n');
  process.exitCode = 1;
}
