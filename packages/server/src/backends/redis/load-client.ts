/** Redis' client: an optional package, loaded when an address is set. */
import { MemoryError } from '../../domain/errors.ts';

/** As npm takes it; the first major that runs on every Node that this server runs on. */
const wanted = '@redis/client@^6.3';

/** Throws setting_invalid with the command that installs the package. */
export async function loadRedisClient(
  load: () => Promise<typeof import('@redis/client')> = () => import('@redis/client'),
): Promise<typeof import('@redis/client')> {
  try {
    return await load();
  } catch (cause) {
    const message = `REVERIE_REDIS_URL: a package is missing. Run: npm install ${wanted}`;
    const details = { setting: 'REVERIE_REDIS_URL', package: wanted };
    throw new MemoryError('setting_invalid', message, { details, cause });
  }
}
