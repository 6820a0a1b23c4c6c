/** Looks at a collection in MongoDB without changing it, whether servers run on it or not. */
import { MemoryError } from '../../domain/errors.ts';
import { readSchema, schemaVersion } from '../item-table/table-schema.ts';
import { loadDriver } from './load-driver.ts';
import { type MongoOptions, makeClient } from './mongo-store.ts';
import { MongoTable } from './mongo-table.ts';
import { describeCollection, describeServer } from './open-collection.ts';

export interface MongoCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export async function inspectCollection(options: MongoOptions): Promise<MongoCheck[]> {
  let table: MongoTable | undefined;
  try {
    const driver = await loadDriver();
    table = new MongoTable(() => makeClient(driver, options), options);
    const server = { name: 'mongodb', ok: true, detail: await describeServer(table) };
    if (!(await describeCollection(table, options.database))) {
      const detail = `there is no ${table.label} yet; the first start makes it`;
      return [server, { name: 'schema', ok: true, detail }];
    }
    const version = (await readSchema(table)) ?? 0;
    const detail = `${table.label}: version ${version} of ${schemaVersion}`;
    return [server, { name: 'schema', ok: version <= schemaVersion, detail }];
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    return [{ name: 'mongodb', ok: false, detail: `${error.code}: ${error.message}` }];
  } finally {
    await table?.close();
  }
}
