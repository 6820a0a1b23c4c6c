/** The client of DynamoDB: an optional package, loaded when the backend is chosen. */
import { MemoryError } from '../../domain/errors.ts';

export type Sdk = typeof import('@aws-sdk/client-dynamodb');

/** As npm takes it. */
const wanted = '@aws-sdk/client-dynamodb@^3';

/** Throws setting_invalid with the command that installs the package. */
export async function loadSdk(
  load: () => Promise<Sdk> = () => import('@aws-sdk/client-dynamodb'),
): Promise<Sdk> {
  try {
    return await load();
  } catch (cause) {
    const message = `REVERIE_RECORDS: a package is missing. Run: npm install ${wanted}`;
    const details = { setting: 'REVERIE_RECORDS', package: wanted };
    throw new MemoryError('setting_invalid', message, { details, cause });
  }
}
