/** The driver of MongoDB: an optional package, loaded when the backend is chosen. */
import { MemoryError } from '../../domain/errors.ts';

export type Driver = typeof import('mongodb');

/** As npm takes it. */
const wanted = 'mongodb@^7';

/** Throws setting_invalid with the command that installs the package. */
export async function loadDriver(
  load: () => Promise<Driver> = () => import('mongodb'),
): Promise<Driver> {
  try {
    return await load();
  } catch (cause) {
    const message = `REVERIE_RECORDS: a package is missing. Run: npm install ${wanted}`;
    const details = { setting: 'REVERIE_RECORDS', package: wanted };
    throw new MemoryError('setting_invalid', message, { details, cause });
  }
}
