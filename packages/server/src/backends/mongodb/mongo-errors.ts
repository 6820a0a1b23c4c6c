/** Turns faults of MongoDB and of the way to it into the product's coded errors. */
import { type ErrorCode, MemoryError } from '../../domain/errors.ts';

interface Known {
  readonly code: ErrorCode;
  readonly message: string;
}

const url = 'REVERIE_MONGODB_URL';
const gone: Known = {
  code: 'store_unavailable',
  message: 'MongoDB does not answer; what was stored before is safe. Try again in a moment.',
};
const contended: Known = {
  code: 'store_unavailable',
  message: 'Others keep writing to the same place in MongoDB. Try again soon.',
};
const refused = (reason: string): Known => ({ code: 'setting_invalid', message: reason });
const wrongPassword = refused(
  `${url}: MongoDB refuses the name or the password. Look at authSource too, the database in ` +
    'which the user was made.',
);
export const noTransactions = refused(
  `${url}: this server stands alone, and has no transactions. Start it as a replica set of one: ` +
    'set replication.replSetName, and run rs.initiate() once in mongosh.',
);
export const notInitiated = refused(
  `${url}: the replica set has no members yet. Run rs.initiate() once in mongosh.`,
);
const unfit = refused(
  `${url}: an option of the address needs a name, a password or a package that is not there.`,
);
const tooOld = refused(
  `${url}: the server is older than MongoDB 4.4, and the driver speaks with none such.`,
);

/** By code, https://www.mongodb.com/docs/manual/reference/error-codes/ */
const codes: Readonly<Record<number, Known>> = {
  13: refused(`${url}: the user lacks a right. It needs the role readWrite on the database.`),
  18: wrongPassword,
  20: noTransactions,
  8000: wrongPassword,
  14031: { code: 'disk_full', message: 'The disk of MongoDB is full; nothing was stored.' },
};

/** MongoDB steps down, starts, ends, or takes too long. */
const goneCodes = new Set([
  ...[6, 7, 50, 64, 89, 91, 100, 134, 189, 262, 286, 317, 358, 384, 9001],
  ...[10_058, 10_107, 11_600, 11_602, 13_435, 13_436, 43, 237, 251],
]);

const duplicateCode = 11_000;
/** WriteConflict, LockTimeout, SnapshotUnavailable; the last is DocumentDB's own. */
const contendedCodes = new Set([112, 24, 246, 16_777_220]);

/** Of the driver, where the way or the wait ends. */
const wayNames = new Set([
  ...['MongoNetworkError', 'MongoNetworkTimeoutError', 'MongoServerSelectionError'],
  ...['MongoPoolClearedError', 'MongoPoolClosedError', 'MongoWaitQueueTimeoutError'],
  ...['MongoTopologyClosedError', 'MongoServerClosedError', 'MongoClientClosedError'],
  ...['MongoNotConnectedError', 'MongoExpiredSessionError', 'PoolClearedOnNetworkError'],
  ...['MongoStalePrimaryError', 'MongoOperationTimeoutError'],
]);

/** Found when it is used: what an address asks for is not there. */
const unfitNames = new Set([
  ...['MongoMissingCredentialsError', 'MongoMissingDependencyError', 'MongoParseError'],
]);

/** In the way of others, and nothing was done: better soon. */
export const isContended = (error: unknown): boolean => contendedCodes.has(codeOf(error));

/** There is such a document. */
export const isDuplicate = (error: unknown): boolean => codeOf(error) === duplicateCode;

/** The way broke, or the server steps down: what harms nobody twice may be sent again. */
export function isBroken(error: unknown): boolean {
  return !MemoryError.isInstance(error) && knownOf(withinBulk(error) ?? error) === gone;
}

/** It broke before there was a connection, or before all of it was sent: nothing was done. */
export function isUnsent(error: unknown): boolean {
  const broken = withinBulk(error) ?? error;
  const isCut = broken instanceof Error && 'syscall' in broken && broken.syscall === 'write';
  return isCut || hasLabel(broken, 'HandshakeError');
}

export function hasLabel(error: unknown, label: string): boolean {
  if (typeof error !== 'object' || error === null || !('hasErrorLabel' in error)) return false;
  const { hasErrorLabel } = error;
  return typeof hasErrorLabel === 'function' && hasErrorLabel.call(error, label) === true;
}

/** What is said where the answer is not waited for any longer. */
export const waitedTooLong = (cause?: unknown): MemoryError =>
  new MemoryError(gone.code, gone.message, { cause });

/** A commit of which nobody can say whether it was done. */
export function unknownCommit(cause: unknown): MemoryError {
  const message =
    'MongoDB did not say whether the write was done. Send it again with the same Idempotency-Key.';
  return new MemoryError('store_unavailable', message, { cause });
}

/** The error that a caller sees; the cause stays for the log. */
export function toMemoryError(error: unknown): MemoryError {
  if (MemoryError.isInstance(error)) return error;
  const known = knownOf(withinBulk(error) ?? error);
  if (known) return new MemoryError(known.code, known.message, { cause: error });
  return new MemoryError('internal', undefined, { cause: error });
}

/** A bulk write that breaks has what broke it within. */
function withinBulk(error: unknown): Error | undefined {
  const isBulk = error instanceof Error && 'errorResponse' in error;
  return isBulk && error.errorResponse instanceof Error ? error.errorResponse : undefined;
}

function knownOf(error: unknown): Known | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error);
  // Of a right nobody asks while names and passwords are told: so DocumentDB says it.
  if (code === 13 && hasLabel(error, 'HandshakeError')) return wrongPassword;
  const known = codes[code];
  if (known) return known;
  if (isContended(error)) return contended;
  if (error.name === 'MongoCompatibilityError') return tooOld;
  if (unfitNames.has(error.name)) return unfit;
  if (error.name === 'MongoServerSelectionError') return selectionFault(error);
  return goneCodes.has(code) || wayNames.has(error.name) || isOfTheWay(error) ? gone : undefined;
}

/** Of sockets and names: an address with +srv is looked up before there is a server. */
const isOfTheWay = (error: Error): boolean =>
  'code' in error && typeof error.code === 'string' && /^E[A-Z_]+$/.test(error.code);

/** The driver looks for a server until its time is over, and keeps why it found none. */
function selectionFault(error: Error): Known {
  const reasons = [error.message, String(error.cause)].join(' ');
  if (kindsIn(error).includes('RSGhost')) return notInitiated;
  if (/wire version/.test(reasons)) return tooOld;
  return /Authentication failed|Invalid key|AuthenticationFailed/.test(reasons)
    ? wrongPassword
    : gone;
}

/** What the driver took the servers for that it found. */
function kindsIn(error: Error): unknown[] {
  const reason: unknown = 'reason' in error ? error.reason : undefined;
  if (typeof reason !== 'object' || reason === null || !('servers' in reason)) return [];
  const servers = reason.servers instanceof Map ? [...reason.servers.values()] : [];
  return servers.map(({ type }) => type);
}

function codeOf(error: unknown): number {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : 0;
  return typeof code === 'number' ? code : 0;
}
