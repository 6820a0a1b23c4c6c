/** Turns faults of DynamoDB and of the way to it into the product's coded errors. */
import { type ErrorCode, MemoryError } from '../../domain/errors.ts';

interface Known {
  readonly code: ErrorCode;
  readonly message: string;
}

const gone: Known = {
  code: 'store_unavailable',
  message: 'DynamoDB does not answer; what was stored before is safe. Try again in a moment.',
};
const heldBack: Known = {
  code: 'store_unavailable',
  message:
    'DynamoDB holds requests back: more of them came than the table, or one partition of it, ' +
    'takes. Try again in a moment.',
};
const contended: Known = {
  code: 'store_unavailable',
  message:
    'Others keep writing to the same place, or DynamoDB holds requests back. Try again soon.',
};
const refused = (reason: string): Known => ({ code: 'setting_invalid', message: reason });
const noCredentials = refused(
  'REVERIE_RECORDS: there are no AWS credentials. Set AWS_ACCESS_KEY_ID and ' +
    'AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the machine a role.',
);
const wrongCredentials = refused(
  'REVERIE_RECORDS: AWS does not know the credentials, or they have expired. Renew them.',
);

/** By the name of the exception. */
const names: Readonly<Record<string, Known>> = {
  AccessDeniedException: refused(
    'REVERIE_DYNAMODB_TABLE: the role lacks a right. docs/guides/dynamodb.md has the policy.',
  ),
  CredentialsProviderError: noCredentials,
  ExpiredTokenException: wrongCredentials,
  IncompleteSignatureException: wrongCredentials,
  InternalServerError: gone,
  InvalidSignatureException: wrongCredentials,
  LimitExceededException: heldBack,
  MissingAuthenticationTokenException: noCredentials,
  ProvisionedThroughputExceededException: heldBack,
  RequestLimitExceeded: heldBack,
  ResourceNotFoundException: {
    code: 'store_damaged',
    message: 'The table REVERIE_DYNAMODB_TABLE is gone. Restore it, or start the server anew.',
  },
  ServiceUnavailable: gone,
  ThrottlingException: heldBack,
  TransactionConflictException: contended,
  TransactionInProgressException: contended,
  UnrecognizedClientException: wrongCredentials,
};

/** Of sockets and names, and of a wait that was ended. */
const wayCodes = /^(ECONN\w+|ENOTFOUND|EAI_\w+|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE)$/;
const wayNames = /^(AbortError|TimeoutError|NetworkingError)$/;

/** The name of an exception of DynamoDB, or of the client. */
export function faultName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** Held back, or in the way of others: better soon. */
export function isToWaitFor(error: unknown): boolean {
  const known = names[faultName(error)];
  return known === heldBack || known === contended;
}

/** Another try may go through: the way, the service, or a clock that the client sets right. */
export function isFleeting(error: unknown): boolean {
  if (!(error instanceof Error) || wayNames.test(error.name)) return false;
  const isSkewed = error.name === 'InvalidSignatureException';
  return isSkewed || (names[error.name] ?? wayFault(error)) === gone;
}

/** The error that a caller sees; the cause stays for the log. */
export function toMemoryError(error: unknown): MemoryError {
  if (MemoryError.isInstance(error)) return error;
  const known = names[faultName(error)] ?? wayFault(error);
  if (known) return new MemoryError(known.code, known.message, { cause: error });
  return new MemoryError('internal', undefined, { cause: error });
}

function wayFault(error: unknown): Known | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.message.includes('Region is missing')) {
    return refused('REVERIE_RECORDS: DynamoDB needs a region. Set AWS_REGION.');
  }
  if (wayNames.test(error.name) || wayCodes.test(codeOf(error) ?? '')) return gone;
  return statusOf(error) >= 500 ? gone : undefined;
}

function codeOf(error: object): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function statusOf(error: object): number {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null) return 0;
  const status: unknown = 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : 0;
}
