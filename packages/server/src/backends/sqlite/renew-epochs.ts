/** Says that a restored store goes on with another history than the one it was copied from. */
import { Connection } from './connection.ts';
import { fromFault, toFault } from './sqlite-errors.ts';
import { databasePath } from './store-files.ts';

/**
 * Its changes get numbers that the original has given as well: who was further than the backup must
 * not go on behind them. `epoch` is drawn at random: two restores of one backup differ, too. Nobody
 * else may have the store open. Throws disk_full and what else the store says.
 */
export function renewEpochs(folder: string, epoch: number): void {
  let db: Connection | undefined;
  try {
    db = new Connection(databasePath(folder), 'write');
    // What the index of a namespace knows is still true.
    db.exec(`BEGIN IMMEDIATE;
      UPDATE manifests SET epoch = ${epoch}
        WHERE epoch = (SELECT n.epoch FROM namespaces n WHERE n.no = manifests.namespace_no);
      UPDATE namespaces SET epoch = ${epoch};
      COMMIT`);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    throw fromFault(toFault(error, folder));
  } finally {
    db?.close();
  }
}
