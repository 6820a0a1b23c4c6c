/** What a Redis is, before anything is counted there, and what its refusals mean. */
import { MemoryError } from '../../domain/errors.ts';
import { takeRates } from './rate-script.ts';
import type { RedisCommands } from './redis-script.ts';
import { grant, leave, recover } from './sum-scripts.ts';

/** Expiry in milliseconds, access lists, and scripts that write after they asked for the time. */
const oldestVersion = [6, 2] as const;

export interface RedisFacts {
  /** As Redis writes it: 7.0.15. */
  readonly version: string;
  /** Of this start of it. */
  readonly runId: string;
}

/** Throws setting_invalid for one that cannot be used; anything else may pass. */
export async function inspectRedis(redis: RedisCommands, prefix: string): Promise<RedisFacts> {
  try {
    const facts = readInfo(String(await redis.sendCommand(['INFO'])));
    await proveRights(redis, prefix);
    return facts;
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

function readInfo(info: string): RedisFacts {
  const lines = info.split('\r\n').map((line) => line.split(':'));
  const fieldOf = (name: string) => lines.find(([field]) => field === name)?.[1] ?? '';
  const version = fieldOf('redis_version');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestVersion;
  const oldest = oldestVersion.join('.');
  if (version === '') throw refused('what answers there does not say its version as Redis does');
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw refused(`Redis ${version} is too old; ${oldest} is needed`);
  }
  if (fieldOf('redis_mode') === 'cluster') {
    throw refused('it is a Redis Cluster, which is not supported; one primary is needed');
  }
  if (fieldOf('role') === 'slave') {
    throw refused('it is a replica, which takes no writes; name its primary');
  }
  return { version, runId: fieldOf('run_id') };
}

/** Everything that will be asked for, once, under names that are gone after a second. */
async function proveRights(redis: RedisCommands, prefix: string): Promise<void> {
  const key = (kind: string) => `${prefix}${kind}:proof`;
  await takeRates(redis, [{ key: key('rate'), limit: 1_000_000, periodMs: 1_000 }]);
  const own = { counter: 'proof', mine: 0, isReturning: true };
  const turn = { ...own, limit: 1, others: {}, asked: [] };
  await recover(redis, key('sum'), { base: 0, shares: {} }, turn, Date.now() + 1_000);
  await grant(redis, key('sum'), turn);
  await leave(redis, key('sum'), 'proof', 0);
  await redis.sendCommand(['SET', key('vector'), '', 'PX', '1000']);
  await redis.sendCommand(['MGET', key('vector')]);
}

/** By the first word of an answer of Redis, or the code of a fault of TLS. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [/^WRONGPASS|invalid password|invalid username/i, 'Redis refuses the user or the password'],
  [/^NOAUTH/, 'Redis wants a password: redis://:password@host:6379'],
  [
    /without any password configured/,
    'Redis has no password, but the address names one: leave it out',
  ],
  [
    /NOPERM|ACL failure|user executing the script can't/,
    'the user may not do all that is needed; docs/guides/redis.md shows an ACL that is enough',
  ],
  [/^READONLY/, 'it is a replica, which takes no writes; name its primary'],
  [/DB index is out of range|^ERR invalid DB index/, 'there is no database of that number'],
  [/unknown command/i, 'what answers there lacks commands of Redis 6.2'],
  [/^Unknown RESP type|Protocol error|not understood/, 'what answers there is no Redis'],
  [/ERR_SSL_|wrong version number|packet length too long/i, 'it does not speak TLS; try redis://'],
  [
    /certificate|altnames|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_/i,
    'its TLS certificate is not trusted; NODE_EXTRA_CA_CERTS names the file of your own authority',
  ],
];

/** Undefined for what may be different in a moment. */
export function refusalOf(error: unknown): MemoryError | undefined {
  if (MemoryError.isInstance(error)) return error;
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? String(error.code) : '';
  const found = refusals.find(([words]) => words.test(error.message) || words.test(code));
  return found && refused(found[1], error);
}

function refused(reason: string, cause?: unknown): MemoryError {
  const details = { setting: 'REVERIE_REDIS_URL' };
  const message = `REVERIE_REDIS_URL: ${reason}.`;
  return new MemoryError('setting_invalid', message, { details, cause });
}
