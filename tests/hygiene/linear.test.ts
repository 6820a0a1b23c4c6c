/** Looking through a text takes time in proportion: no pattern can be made to hang. */
import { expect, test } from 'vitest';
import { findingsIn } from '../../packages/server/src/text/findings.ts';

const chars = 256 * 1024;
/** Measured below 35 ms on a free core; twice that would still be no hang. */
const msMax = 50;
const tries = 5;

const units: readonly string[] = [
  ...[
    '1',
    '4 ',
    '4\n',
    '4111-',
    '4111 1111 ',
    '4111  ',
    '4.111',
    'A',
    'aB3',
    'aB3/',
    `${'aA1'.repeat(66)} `,
  ],
  ...['sk-', '-sk-a', 'xoxb-', 'hv', 'key-', 'sk_live_a', '12345678:AA', 'AKIA', 'AccountKey='],
  ...['-----BEGIN ', `-----BEGIN ${'PRIVATE'} KEY-----`, 'eyJ.', '-eyJ', 'eyJaaaaaaaaaa.'],
  ...['a://a:', '://', 'a+', 'hooks.slack.com/services/T', 'discord.com/api/webhooks/1'],
  ...[
    'password ',
    'password for ',
    'password is ',
    'password: "',
    'api_key ',
    'token: ',
    'pin is 12',
  ],
  ...['ignore ', 'ignore all previous ', 'ignore all instruct', 'do not tell ', 'without telling '],
  ...[
    'send conversation ',
    'you are now ',
    'enable ',
    'new instructions',
    'reveal ',
    'ignoriere alle ',
  ],
  ...['<|', '<', '[', '[inst', '### ', '\n###', '"tool_calls" ', '"type"    '],
  ...['忽略', '忽略之前', '以前の', '이전', 'تجاهل', 'पिछले ', 'игнорируй ', 'аa', 'ас ', 'onceki '],
  ...['é', 'İ', 'Ａ', '𝐀', 'ﷺ', '\u200b', 'a\u200b', '\u202e', '\ufe0f', '\u{e0041}', '\u{e0100}'],
  ...['\u{1f3f4}', '\u{1f3f4}\u{e0067}', '\u3164', ' ', '\n', '"', '\ud800'],
];

test.each(units)('256 KB of %j', (unit) => {
  const text = unit.repeat(Math.ceil(chars / unit.length)).slice(0, chars);
  findingsIn(text.slice(0, 4096));
  let best = Number.POSITIVE_INFINITY;
  // Time of the processor, and the best of some: others take the core and its caches away.
  for (let i = 0; i < tries && best >= msMax; i += 1) {
    const start = process.cpuUsage();
    findingsIn(text);
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  expect(best).toBeLessThan(msMax);
});
