/** The options that every verb has, and the client that they make. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type ReverieClient } from '@reverie/sdk';
import { type Command, Option } from 'commander';
import { loadSettings, type Settings } from '../config/settings.ts';
import type { CliContext } from './context.ts';

export interface ConnectionOptions {
  readonly url?: string;
  readonly apiKey?: string;
  readonly namespace?: string;
  readonly json?: boolean;
}

export function withConnection(command: Command): Command {
  return command
    .option('--url <url>', 'where the server is (REVERIE_URL)')
    .addOption(
      new Option(
        '--api-key <key>',
        'the key to use; better in REVERIE_API_KEY, where no process list shows it',
      ),
    )
    .option('-n, --namespace <name>', 'the namespace, "default" when absent')
    .option('--json', 'print JSON');
}

/** Without a key, the root key of a data folder on this machine is used, if it can be read. */
export function connect(options: ConnectionOptions, context: CliContext): ReverieClient {
  const settings = loadSettings(context.env, {}, context.cwd);
  const url = options.url ?? (context.env.REVERIE_URL || `http://127.0.0.1:${settings.port}`);
  const apiKey = options.apiKey ?? (context.env.REVERIE_API_KEY || localKey(settings, url));
  return createClient({ baseUrl: url, apiKey, namespace: options.namespace });
}

/** The root key never leaves the machine by itself: only a loopback address gets it. */
function localKey(settings: Settings, url: string): string | undefined {
  if (!isLoopback(url)) return undefined;
  if (settings.rootKey !== undefined) return settings.rootKey;
  try {
    return readFileSync(join(settings.dataDir, 'root.key'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function isLoopback(url: string): boolean {
  try {
    const { hostname } = new URL(url);
    return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  } catch {
    return false;
  }
}
