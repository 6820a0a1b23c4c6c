/** `reverie serve`: runs the server until it is asked to stop. */
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { settingsOf, withSettings } from '../setting-flags.ts';

export function serveCommand(context: CliContext): Command {
  const command = new Command('serve').description('run the server');
  return withSettings(command).action(async (options: Record<string, unknown>) => {
    const settings = settingsOf(options, context);
    const { serve } = await context.actions();
    const server = await serve(settings);
    // Whoever reads where it is may stop it at once.
    const stopped = context.untilStopped(
      server.reload && (() => tellFault(context, server.reload)),
    );
    context.out(`Reverie is at ${server.url}\n`);
    for (const note of server.notes ?? []) context.out(`${note}\n`);
    await stopped;
    await server.close();
  });
}

/** A certificate that cannot be used must not end a server that has a good one. */
function tellFault(context: CliContext, reload: (() => void) | undefined): void {
  try {
    reload?.();
  } catch (error) {
    context.err(`${error instanceof Error ? error.message : error}\n`);
  }
}
