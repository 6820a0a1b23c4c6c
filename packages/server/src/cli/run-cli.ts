/** Reads the arguments, runs one command, and answers with its exit code. */
import { Command } from 'commander';
import { auditCommand } from './commands/audit.ts';
import { backupCommand } from './commands/backup.ts';
import { compactCommand } from './commands/compact.ts';
import { contextCommand } from './commands/context.ts';
import { doctorCommand } from './commands/doctor.ts';
import { dreamCommand } from './commands/dream.ts';
import { dropVectorsCommand } from './commands/drop-vectors.ts';
import { embeddingsCommand } from './commands/embeddings.ts';
import { eventsCommand } from './commands/events.ts';
import { exportCommand } from './commands/export.ts';
import { forgetCommand, receiptsCommand } from './commands/forget.ts';
import { importCommand } from './commands/import.ts';
import { keysCommand } from './commands/keys.ts';
import { listCommand } from './commands/list.ts';
import { migrateCommand } from './commands/migrate.ts';
import { namespacesCommand } from './commands/namespaces.ts';
import { profileCommand } from './commands/profile.ts';
import { recallCommand } from './commands/recall.ts';
import { reindexCommand } from './commands/reindex.ts';
import { restoreCommand } from './commands/restore.ts';
import { schedulesCommand } from './commands/schedules.ts';
import { serveCommand } from './commands/serve.ts';
import { snapshotsCommand } from './commands/snapshots.ts';
import { storeCommand } from './commands/store.ts';
import { tenantsCommand } from './commands/tenants.ts';
import { archiveCommand, historyCommand, updateCommand } from './commands/update.ts';
import { usageCommand } from './commands/usage.ts';
import { verifyCommand } from './commands/verify.ts';
import { webhooksCommand } from './commands/webhooks.ts';
import type { CliContext } from './context.ts';
import { exitCodes, failureOf } from './failure.ts';
import { plain } from './output.ts';

/**
 * Runs `reverie` with the arguments after its name. Never rejects: 0 is success, 1 a failure that
 * was told on standard error, 2 a wrong use.
 */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const exit = (code: number) => {
    exitCode = code;
  };
  const program = new Command('reverie')
    .description('A memory layer for AI applications.')
    .version(context.version, '--version', 'print the version')
    .helpCommand(false);
  const commands = [
    serveCommand(context),
    storeCommand(context),
    recallCommand(context),
    contextCommand(context),
    listCommand(context),
    updateCommand(context),
    historyCommand(context),
    archiveCommand(context),
    restoreCommand(context),
    forgetCommand(context),
    receiptsCommand(context),
    dreamCommand(context),
    schedulesCommand(context),
    exportCommand(context),
    importCommand(context, exit),
    snapshotsCommand(context),
    backupCommand(context),
    compactCommand(context),
    migrateCommand(context, exit),
    reindexCommand(context, exit),
    dropVectorsCommand(context),
    verifyCommand(context, exit),
    doctorCommand(context, exit),
    namespacesCommand(context),
    auditCommand(context),
    profileCommand(context),
    embeddingsCommand(context),
    keysCommand(context),
    tenantsCommand(context),
    usageCommand(context),
    webhooksCommand(context),
    eventsCommand(context),
  ];
  for (const command of commands) program.addCommand(command);
  settle(program, context);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return tell(error, args.includes('--json'), context);
  }
}

/** Commander must neither end the process nor write past the context. */
function settle(command: Command, context: CliContext): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => context.out(text),
    writeErr: (text) => context.err(text),
  });
  for (const child of command.commands) settle(child, context);
}

function tell(error: unknown, asJson: boolean, context: CliContext): number {
  const { exitCode, code, message, hint } = failureOf(error);
  if (message !== undefined && asJson) {
    context.err(`${JSON.stringify({ error: { code, message, ...(hint && { hint }) } })}\n`);
  } else if (message !== undefined) {
    context.err(`${code}: ${plain(message)}\n${hint === undefined ? '' : `${plain(hint)}\n`}`);
  }
  return exitCode;
}
