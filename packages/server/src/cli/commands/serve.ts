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
    context.out(`Reverie is at ${server.url}\n`);
    for (const note of server.notes ?? []) context.out(`${note}\n`);
    await context.untilStopped();
    await server.close();
  });
}
