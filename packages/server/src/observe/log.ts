/** The log: one JSON line per event, never a value, a key, a query or the name of a namespace. */
import { type Logger, pino } from 'pino';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Writes to stderr, so that stdout stays for people and for what commands print. */
export function createLog(level: LogLevel): Logger {
  const timestamp = pino.stdTimeFunctions.isoTime;
  const serializers = { err: describeError };
  return pino({ level, base: null, timestamp, serializers }, pino.destination(2));
}

interface DescribedError {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

/** Causes within causes; more tell nothing new. */
const causesMax = 4;

/**
 * Only what is listed: an error's own fields (`details`, the body of a request that failed) may
 * hold what a user wrote.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an error' };
  const { name: type, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    type,
    ...(code !== undefined && { code }),
    message,
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && depth < causesMax && { cause: describeError(cause, depth + 1) }),
  };
}
