/** PostgreSQL's driver: an optional package, loaded when the backend is chosen. */
import { MemoryError } from '../../domain/errors.ts';

/** As npm takes it; the minor is the first that sends statements without waiting between them. */
const wanted = 'pg@^8.23';

/** Throws setting_invalid with the command that installs the package, for whoever needs it. */
export async function loadPg(
  load: () => Promise<typeof import('pg')> = () => import('pg'),
  setting = 'REVERIE_RECORDS',
): Promise<typeof import('pg').default> {
  try {
    return (await load()).default;
  } catch (cause) {
    const message = `${setting}: a package is missing. Run: npm install ${wanted}`;
    const details = { setting, package: wanted };
    throw new MemoryError('setting_invalid', message, { details, cause });
  }
}
