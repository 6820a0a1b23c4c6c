/** Turns faults of PostgreSQL and of the way to it into the product's coded errors. */
import { type ErrorCode, MemoryError } from '../../domain/errors.ts';

interface Known {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What the messages call the settings, and the schema. */
export interface ErrorNames {
  readonly url: string;
  readonly pool: string;
  readonly timeout: string;
  readonly schema: string;
}

export const recordsNames: ErrorNames = {
  url: 'REVERIE_POSTGRES_URL',
  pool: 'REVERIE_POSTGRES_POOL',
  timeout: 'REVERIE_POSTGRES_TIMEOUT_MS',
  schema: 'reverie',
};

const gone: Known = {
  code: 'store_unavailable',
  message: 'PostgreSQL does not answer; what was stored before is safe. Try again in a moment.',
};
const driftedOf = ({ schema }: ErrorNames): Known => ({
  code: 'store_damaged',
  message:
    `The schema "${schema}" in PostgreSQL is not as this release made it. Start the server anew: ` +
    'it says what is missing.',
});

/** By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html */
const statesOf = (names: ErrorNames): Readonly<Record<string, Known>> => ({
  '25006': {
    code: 'store_read_only',
    message: 'PostgreSQL is read-only (a standby?); nothing was stored. Set the primary as target.',
  },
  '28000': {
    code: 'setting_invalid',
    message: `${names.url}: PostgreSQL does not let the role in. Check the role and pg_hba.conf.`,
  },
  '28P01': {
    code: 'setting_invalid',
    message: `${names.url}: PostgreSQL refuses the password of the role.`,
  },
  '3D000': {
    code: 'setting_invalid',
    message: `${names.url}: there is no such database. Make it with "createdb".`,
  },
  '40001': { ...gone, message: 'Others changed the same rows again and again. Try again.' },
  '40P01': { ...gone, message: 'Others locked the same rows again and again. Try again.' },
  '42501': {
    code: 'setting_invalid',
    message:
      `${names.url}: the role lacks a right. It must own the schema "${names.schema}", or ` +
      'may make it: GRANT CREATE ON DATABASE <database> TO <role>.',
  },
  '42703': driftedOf(names),
  '42883': driftedOf(names),
  '42P01': driftedOf(names),
  '3F000': driftedOf(names),
  '53100': { code: 'disk_full', message: 'The disk of PostgreSQL is full; nothing was stored.' },
  '53200': { ...gone, message: 'PostgreSQL is out of memory; nothing was done. Try again.' },
  '53300': {
    ...gone,
    message: `PostgreSQL has no connection left. Lower ${names.pool} or raise its limit.`,
  },
  '57014': {
    ...gone,
    message: `PostgreSQL took longer than ${names.timeout}; nothing was done.`,
  },
  XX001: { code: 'store_damaged', message: 'PostgreSQL found a damaged page. Restore a backup.' },
  XX002: { code: 'store_damaged', message: 'PostgreSQL found a damaged index: REINDEX it.' },
});

/** Of sockets and names; pg's own faults have no code, only a text. */
const wayCodes = /^(ECONN\w+|ENOTFOUND|EAI_\w+|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ENOENT)$/;
const wayTexts =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable/;

/** The SQLSTATE of an error of the server; undefined for any other. */
export function sqlState(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !wayCodes.test(code)
    ? code
    : undefined;
}

/** True where the server took the whole transaction back and asks to try it again. */
export function isToRepeat(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

/** True where the connection was lost, or the server is stopping: another one may work. */
export function isLostConnection(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return state.startsWith('08') || /^57P0[1-5]$/.test(state);
  const text = error instanceof Error ? error.message : '';
  return wayCodes.test(codeOf(error) ?? '') || wayTexts.test(text);
}

/** True where a limit of ours ended the wait: asking again would only take as long again. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && /read timeout|timeout exceeded/.test(error.message);
}

/** The error that a caller sees; the cause stays for the log. */
export function toMemoryError(error: unknown, names = recordsNames): MemoryError {
  if (MemoryError.isInstance(error)) return error;
  if (isLostConnection(error)) return new MemoryError(gone.code, gone.message, { cause: error });
  const known = statesOf(names)[sqlState(error) ?? ''];
  if (known) return new MemoryError(known.code, known.message, { cause: error });
  return new MemoryError('internal', undefined, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
