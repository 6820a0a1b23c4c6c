/** What the server reads about MongoDB: rows of the table of settings. */
import { z } from 'zod';
import { define, integer, type Values } from './setting.ts';
import { refuseIdle, settingInvalid } from './setting-invalid.ts';

export const mongodbSettings = {
  mongodbUrl: define({
    env: 'REVERIE_MONGODB_URL',
    schema: z
      .string()
      .regex(/^mongodb(\+srv)?:\/\/\S+$/, 'an address like mongodb:// or mongodb+srv:// is needed'),
    form: 'url',
    secret: true,
    doc:
      'The replica set, as mongodb://name:password@host:27017/?replicaSet=rs0, with any options ' +
      'of the driver. See docs/guides/mongodb.md.',
  }),
  mongodbDatabase: define({
    env: 'REVERIE_MONGODB_DATABASE',
    // As MongoDB takes it on every system.
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,63}$/, '1 to 63 of letters, digits, "_" and "-" are needed'),
    default: 'reverie',
    form: 'name',
    doc: 'The database in MongoDB; its collection "items" is made where there is none.',
  }),
  mongodbTimeoutMs: define({
    env: 'REVERIE_MONGODB_TIMEOUT_MS',
    schema: integer(100, 600_000),
    default: '30000',
    form: 'number',
    doc: 'How long a request to MongoDB may take, with all its tries, in milliseconds.',
  }),
} as const;

/** An address where it is needed, and only there. Throws setting_invalid. */
export function checkMongodb(
  values: Pick<Values<typeof mongodbSettings>, 'mongodbUrl'> & { readonly records: string },
): void {
  const { mongodbUrl } = mongodbSettings;
  if (values.records === 'mongodb') {
    if (values.mongodbUrl === undefined) throw settingInvalid(mongodbUrl.env, 'a value is needed');
    return;
  }
  const reason = `${values.records} does not use it; set REVERIE_RECORDS=mongodb too`;
  refuseIdle([mongodbUrl], values, reason);
}
