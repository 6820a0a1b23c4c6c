/** PostgreSQL's driver: an optional package, loaded when the backend is chosen. */
import { MemoryError } from '../../domain/errors.ts';

/** As npm takes it; the minor is the first that sends statements without waiting between them. */
const wanted = 'pg@^8.23';

/** Throws setting_invalid with the command that installs the package. */
export async function loadPg(
  load: () => Promise<typeof import('pg')> = () => import('pg'),
): Promise<typeof import('pg').default> {
  try {
    return (await load()).default;
  } catch (cause) {
    const message = `REVERIE_RECORDS: a package is missing. Run: npm install ${wanted}`;
    const details = { setting: 'REVERIE_RECORDS', package: wanted };
    throw new MemoryError('setting_invalid', message, { details, cause });
  }
}
