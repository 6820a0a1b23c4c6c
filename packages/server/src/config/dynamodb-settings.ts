/** What the server reads about DynamoDB: rows of the table of settings. */
import { z } from 'zod';
import { define, integer, type Values } from './setting.ts';
import { refuseIdle } from './setting-invalid.ts';

export const dynamodbSettings = {
  dynamodbTable: define({
    env: 'REVERIE_DYNAMODB_TABLE',
    // As AWS takes it.
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{3,255}$/, '3 to 255 of letters, digits, "_", "-" and "." are needed'),
    default: 'reverie',
    form: 'name',
    doc:
      'The table in DynamoDB; it is made where there is none. Region and credentials come from ' +
      'where every program of AWS looks for them. See docs/guides/dynamodb.md.',
  }),
  dynamodbEndpoint: define({
    env: 'REVERIE_DYNAMODB_ENDPOINT',
    schema: z.string().regex(/^https?:\/\/\S+$/, 'an address like https:// is needed'),
    form: 'url',
    doc: 'Where DynamoDB is, where it is not that of the region: DynamoDB Local, a private one.',
  }),
  dynamodbTimeoutMs: define({
    env: 'REVERIE_DYNAMODB_TIMEOUT_MS',
    schema: integer(100, 600_000),
    default: '30000',
    form: 'number',
    doc: 'How long a request to DynamoDB may take, with all its tries, in milliseconds.',
  }),
} as const;

/** An address where it would do nothing was meant otherwise. Throws setting_invalid. */
export function checkDynamodb(
  values: Pick<Values<typeof dynamodbSettings>, 'dynamodbEndpoint'> & { readonly records: string },
): void {
  if (values.records === 'dynamodb') return;
  const reason = `${values.records} does not use it; set REVERIE_RECORDS=dynamodb too`;
  refuseIdle([dynamodbSettings.dynamodbEndpoint], values, reason);
}
