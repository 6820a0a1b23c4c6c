#!/usr/bin/env node
/** The `reverie` command: the real world around {@link runCli}. */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { loadActions } from './load-actions.ts';
import { runCli } from './run-cli.ts';

const manifest: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

/** npm passes on a Ctrl-C that the terminal has sent to every process already. */
const sameSignalMs = 1_000;

// A reader that has seen enough (`reverie list | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  version: manifest.version,
  out: (chunk) => process.stdout.write(chunk),
  err: (chunk) => process.stderr.write(chunk),
  isWatched: process.stderr.isTTY === true,
  readInput: () => text(process.stdin),
  actions: loadActions,
  untilStopped,
});

/** The first signal asks for an orderly end, a later one does not wait for it. */
function untilStopped(reload?: () => void): Promise<void> {
  // Without a listener a terminal that closes ends the server, as it should.
  if (reload) process.on('SIGHUP', reload);
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    const onSignal = () => {
      const now = performance.now();
      if (askedAt !== undefined && now - askedAt > sameSignalMs) process.exit(130);
      askedAt ??= now;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
