/** The server's settings as flags of a command. */
import { type Command, Option } from 'commander';
import type { Setting } from '../config/setting.ts';
import { loadSettings, type Settings, type SettingsRules } from '../config/settings.ts';
import { serverSettings } from '../config/settings-table.ts';
import type { CliContext } from './context.ts';

/** Adds one flag for each setting that has one, or for the named ones. */
export function withSettings(command: Command, names = Object.keys(serverSettings)): Command {
  const settings: readonly Setting[] = Object.values(serverSettings);
  for (const setting of settings) {
    if (setting.flag === undefined || !names.includes(setting.name)) continue;
    const otherwise = setting.default === undefined ? '' : ` (${setting.default})`;
    const help = `${setting.doc}${otherwise}`;
    command.addOption(new Option(`${setting.flag} <${setting.form}>`, help));
  }
  return command;
}

/** Commander names its options as the table names the settings. */
export function settingsOf(
  options: Record<string, unknown>,
  context: CliContext,
  rules?: SettingsRules,
): Settings {
  const flags = Object.entries(options).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return loadSettings(context.env, Object.fromEntries(flags), context.cwd, rules);
}
