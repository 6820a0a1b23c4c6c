/** Sums up to a limit in Redis: a hash with what each counter says is its own. */
import type { Granted, KnownShares, SharedTurn } from '../../ports/shared-counters.ts';
import { numbersOf } from './rate-script.ts';
import { type RedisCommands, RedisScript } from './redis-script.ts';

/** What nobody counts any more. A counter has no such name. */
const base = 'base';

/** Nothing where the sum, or one of the others, is not known: then it is to be recovered first. */
const grantScript = new RedisScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local mine, limit, asks = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
for i = asks, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 0 then return {} end
end
for i = asks, #ARGV, 2 do
  local said = tonumber(redis.call('HGET', KEYS[1], ARGV[i]))
  if said < tonumber(ARGV[i + 1]) then redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
local total = 0
for _, share in ipairs(redis.call('HVALS', KEYS[1])) do total = total + share end
local answer = { '' }
for i = 5, asks - 1, 2 do
  local items = tonumber(ARGV[i])
  local granted = ARGV[i + 1] == '1' or items == 0 or total + items <= limit
  if granted then total, mine = total + items, mine + items end
  answer[#answer + 1] = granted and '1' or '0'
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', mine))
answer[1] = string.format('%.0f', total)
return answer
`);

/**
 * Of several that recover a lost sum, the first one does. One that is there, but is not to be
 * believed or lacks a counter, keeps what each has said since, where that is more: ARGV[3] is who
 * recovers, and knows its own.
 */
const recoverScript = new RedisScript(`
local said = {}
if redis.call('EXISTS', KEYS[1]) == 1 then
  local isWhole = ARGV[2] == '0'
  for i = 4, #ARGV, 2 do
    local known = ARGV[i] == ARGV[3] or redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1
    if not known then isWhole = false end
  end
  if isWhole then return {} end
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do said[all[i]] = tonumber(all[i + 1]) end
  redis.call('DEL', KEYS[1])
end
for i = 4, #ARGV, 2 do
  local counter, share = ARGV[i], ARGV[i + 1]
  local more = said[counter] and said[counter] > tonumber(share)
  if more and counter ~= ARGV[3] and counter ~= '${base}' then
    share = string.format('%.0f', said[counter])
  end
  redis.call('HSET', KEYS[1], counter, share)
end
redis.call('PEXPIREAT', KEYS[1], ARGV[1])
return {}
`);

const leaveScript = new RedisScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HINCRBY', KEYS[1], '${base}', ARGV[2])
return {}
`);

/** Undefined where Redis does not know the sum, or one of its counters. */
export async function grant(
  redis: RedisCommands,
  key: string,
  { counter, mine, limit, others, asked }: SharedTurn,
): Promise<Granted | undefined> {
  const items = asked.flatMap((one) => [String(one.items), one.isAlwaysAllowed ? '1' : '0']);
  const said = Object.entries(others).flatMap(([other, share]) => [other, String(share)]);
  // The place of the first of the others: Lua counts from 1.
  const place = String(5 + items.length);
  const args = [counter, String(mine), String(limit), place, ...items, ...said];
  const [total, ...granted] = numbersOf(await grantScript.run(redis, [key], args));
  return total === undefined ? undefined : { total, isGranted: granted.map((one) => one === 1) };
}

export async function recover(
  redis: RedisCommands,
  key: string,
  known: KnownShares,
  { counter: own, mine, isReturning }: Pick<SharedTurn, 'counter' | 'mine' | 'isReturning'>,
  endsAt: number,
): Promise<void> {
  // Its own too: another may be granted something before this one comes to ask.
  const shares = Object.entries({ ...known.shares, [own]: mine, [base]: known.base });
  const fields = shares.flatMap(([counter, share]) => [counter, String(share)]);
  await recoverScript.run(redis, [key], [String(endsAt), isReturning ? '1' : '0', own, ...fields]);
}

export async function leave(
  redis: RedisCommands,
  key: string,
  counter: string,
  mine: number,
): Promise<void> {
  await leaveScript.run(redis, [key], [counter, String(mine)]);
}
