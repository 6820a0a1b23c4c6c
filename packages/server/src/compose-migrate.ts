/** Moves a whole store from one backend to another. */
import { existsSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openErasureFile } from './backends/files/erasure-file.ts';
import { readErasures } from './backends/files/read-erasures.ts';
import { openPostgresTransfer } from './backends/postgres/transfer.ts';
import { openSqliteTransfer } from './backends/sqlite/transfer.ts';
import type { Migration, MigrationPlaces } from './cli/actions.ts';
import { openDynamoPlace } from './compose-dynamodb.ts';
import { openMongoPlace } from './compose-mongodb.ts';
import { dynamodbSettings } from './config/dynamodb-settings.ts';
import type { Settings } from './config/settings.ts';
import { MemoryError } from './domain/errors.ts';
import { type MoveProgress, moveStore } from './engine/transfer/move-store.ts';
import type { ControlPort } from './ports/control.ts';
import { type StoreTransfer, transferMarkKey } from './ports/transfer.ts';

/** Where a store is, or is to be. */
interface Place {
  /** As it may be shown. */
  readonly label: string;
  open(role: 'source' | 'target'): Promise<StoreTransfer>;
  /** Beside the records; absent where nothing is kept there. */
  readonly files?: { readonly rootKey: string; readonly erasures: string };
}

/** A place of each backend that has the port, by the scheme of its addresses or its name alone. */
const backends: Readonly<Record<string, (address: string, settings: Settings) => Place>> = {
  sqlite: folderPlace,
  postgres: postgresPlace,
  postgresql: postgresPlace,
  dynamodb: dynamodbPlace,
  mongodb: mongodbPlace,
  'mongodb+srv': mongodbPlace,
};

/** Words of REVERIE_RECORDS that nobody should take for folders. */
const unmovable = ['ephemeral'];

/**
 * No server may run on either. Throws setting_invalid for an address that is none,
 * migration_refused, folder_locked, disk_full and what else the stores say: then the same call
 * goes on where this one stopped.
 */
export async function migrate(
  settings: Settings,
  { from, to }: MigrationPlaces,
  tell: (progress: MoveProgress) => void,
): Promise<Migration> {
  const [here, there] = [placeOf(from, settings), placeOf(to, settings)];
  if (here.label === there.label) throw invalid('--to', 'it is the same place as --from');
  const source = await here.open('source');
  try {
    const target = await there.open('target');
    try {
      const notes: string[] = [];
      const onSame = async (): Promise<void> => {
        notes.push(...(await carryFiles(here, there)));
      };
      const report = await moveStore({ source, target, onSame, tell });
      return { ...report, from: here.label, to: there.label, notes };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Closes a store that a migration has not filled to its end, and throws migration_unfinished. */
export async function refuseUnfinished(store: {
  readonly control: ControlPort;
  readonly records: { close(): Promise<void> };
}): Promise<void> {
  const mark = await store.control.get(transferMarkKey);
  if (mark === undefined) return;
  await store.records.close();
  throw new MemoryError('migration_unfinished');
}

/** Throws setting_invalid for what is no address of a backend. */
function placeOf(text: string, settings: Settings): Place {
  const [, scheme = 'sqlite'] = /^([a-z][a-z0-9+.-]+):/i.exec(text) ?? [];
  const isName = Object.hasOwn(backends, text);
  const open = backends[isName ? text : scheme.toLowerCase()];
  if (unmovable.includes(text)) {
    throw invalid(text, 'its stores cannot be moved yet; write ./NAME for a folder of that name');
  }
  if (open) return open(isName ? '' : text, settings);
  const known = 'a folder, sqlite:/path, postgres://..., dynamodb://TABLE, mongodb://...';
  const named = 'sqlite, postgres, dynamodb or mongodb as the settings say';
  throw invalid(scheme, `it is not known; name ${known}, or ${named}`);
}

function folderPlace(address: string, { dataDir, erasures }: Settings): Place {
  const path = address.replace(/^sqlite:(\/\/(?=\/))?/i, '');
  const folder = path === '' ? dataDir : resolve(path);
  const isOwn = folder === dataDir;
  return {
    label: `sqlite:${folder}`,
    open: (role) => openSqliteTransfer(folder, role),
    files: {
      rootKey: join(folder, 'root.key'),
      erasures: isOwn ? erasures : join(folder, 'erasures.jsonl'),
    },
  };
}

function postgresPlace(address: string, { postgresUrl }: Settings): Place {
  const url = address === '' ? postgresUrl : address;
  if (url === undefined || !URL.canParse(url)) {
    const reason = 'name an address, or set REVERIE_RECORDS=postgres and REVERIE_POSTGRES_URL';
    throw invalid('postgres', reason);
  }
  return { label: withoutSecrets(url), open: (role) => openPostgresTransfer({ url }, role) };
}

/** Region, credentials and endpoint are those of the settings. */
function dynamodbPlace(address: string, settings: Settings): Place {
  const name = address === '' ? settings.dynamodbTable : address.replace(/^dynamodb:(\/\/)?/i, '');
  const { success, data: table = '' } = dynamodbSettings.dynamodbTable.schema.safeParse(name);
  if (!success) throw invalid('dynamodb', 'name a table: dynamodb://reverie');
  return {
    label: `dynamodb://${table}`,
    open: (role) => openDynamoPlace({ ...settings, dynamodbTable: table }, role),
  };
}

/** The database is that of the settings. */
function mongodbPlace(address: string, settings: Settings): Place {
  const url = address === '' ? settings.mongodbUrl : address;
  if (url === undefined) {
    const reason = 'name an address, or set REVERIE_RECORDS=mongodb and REVERIE_MONGODB_URL';
    throw invalid('mongodb', reason);
  }
  // It may name several servers, which no URL has.
  const shown = url.replace(/\/\/.*@/s, '//').replace(/\?.*$/s, '');
  return {
    label: `${shown} (database ${settings.mongodbDatabase})`,
    open: (role) => openMongoPlace({ ...settings, mongodbUrl: url }, role),
  };
}

/** A password may stand in the query too. */
function withoutSecrets(address: string): string {
  const url = new URL(address);
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
}

function invalid(name: string, reason: string): MemoryError {
  return new MemoryError('setting_invalid', `${name}: ${reason}.`, { details: { setting: name } });
}

/** What lies beside the records goes along where the target has a place for it. */
async function carryFiles({ files: here }: Place, { files: there }: Place): Promise<string[]> {
  if (!here && !there) return [];
  if (!here) {
    const none = 'The list of erasures of the new folder begins empty: where the store was, ';
    return [`${none}there is none. The root key is the one that you know.`];
  }
  return [await carryRootKey(here.rootKey, there?.rootKey), await carryErasures(here, there)];
}

async function carryRootKey(here: string, there: string | undefined): Promise<string> {
  if (!existsSync(here)) return 'The root key is the one that you know.';
  if (there === undefined) return `The root key is the same; its file stays at ${here}.`;
  if (existsSync(there)) return `The root key is that of ${here}; ${there} was left as it was.`;
  await copyFile(here, there);
  await chmod(there, 0o600);
  return `The file of the root key was copied to ${there}.`;
}

async function carryErasures(
  here: { readonly erasures: string },
  there: { readonly erasures: string } | undefined,
): Promise<string> {
  const { erasures: listed } = await readErasures(here.erasures);
  const lines = `${listed.length} ${listed.length === 1 ? 'line' : 'lines'}`;
  if (there === undefined) {
    const kept = `The list of erasures (${lines}) stays at ${here.erasures}: the new store keeps `;
    return `${kept}none. It is needed as long as you keep backups of the folder.`;
  }
  if (there.erasures === here.erasures) return `The list of erasures stays at ${here.erasures}.`;
  const known = new Set((await readErasures(there.erasures)).erasures.map(({ line }) => line));
  const list = await openErasureFile(there.erasures);
  try {
    await list.copy(listed.map(({ line }) => line).filter((line) => !known.has(line)));
  } finally {
    await list.close();
  }
  return `The list of erasures (${lines}) was copied to ${there.erasures}.`;
}
