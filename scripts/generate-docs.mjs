/**
 * Writes docs/settings.md and docs/errors.md from the tables in the built code, and
 * docs/openapi.json from its routes. With --check it writes nothing and fails when a page is not
 * what the code says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allSettings } from '../packages/server/dist/config/settings-table.js';
import { errorTable } from '../packages/server/dist/domain/errors.js';
import { createApp } from '../packages/server/dist/http/app.js';

const docs = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs');
const note = '<!-- Written by scripts/generate-docs.mjs; change the table in the code instead. -->';
const cell = (text) => text.replaceAll('|', '\\|');
const row = (...cells) => `| ${cells.map(cell).join(' | ')} |`;

const pages = {
  'settings.md': settingsPage(),
  'errors.md': errorsPage(),
  'openapi.json': await openApiPage(),
};
const stale = Object.entries(pages).filter(([name, text]) => read(name) !== text);
if (process.argv.includes('--check')) {
  for (const [name] of stale) process.stderr.write(`docs/${name} is not up to date.\n`);
  if (stale.length > 0) process.stderr.write('Run: npm run build && npm run docs\n');
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [name, text] of stale) writeFileSync(join(docs, name), text);
}

function settingsPage() {
  const table = (side) => [
    row('variable', 'flag', 'value', 'default', 'what it does', 'since'),
    row('---', '---', '---', '---', '---', '---'),
    ...allSettings.filter((setting) => setting.side === side).map(settingRow),
  ];
  return page('Settings', [
    'A setting is an environment variable, or a flag of `reverie serve`; a flag wins. An empty',
    'variable counts as absent. A variable that starts with `REVERIE_` and is not listed here, or',
    'a value that cannot be read, stops the start with `setting_invalid`.',
    '',
    'A secret has no flag, because every process of a machine can read the arguments of another.',
    'The server also reads it from the file that the variable with `_FILE` at its end names.',
    '',
    '## The server',
    '',
    ...table('server'),
    '',
    '## Clients and the command',
    '',
    'The server knows these names and does nothing with them. The command takes them as `--url`',
    'and `--api-key` too.',
    '',
    ...table('client'),
  ]);
}

function settingRow({ env, flag, form, default: otherwise, secret, side, doc, since }) {
  const variable = secret && side === 'server' ? `\`${env}\`, \`${env}_FILE\`` : `\`${env}\``;
  const code = (text) => (text === undefined ? '' : `\`${text}\``);
  return row(variable, code(flag), form, code(otherwise), doc, since);
}

function errorsPage() {
  const byStatus = Object.entries(errorTable).sort((a, b) => a[1].status - b[1].status);
  return page('Errors', [
    'Every error is `{ "error": { "code", "message", "hint", "details?" } }` with the status',
    'below. The message may be more precise than the one here. Programs should look at the code.',
    '',
    row('code', 'status', 'what went wrong', 'what to do', 'again later?'),
    row('---', '---', '---', '---', '---'),
    ...byStatus.map(([code, { status, message, hint, retryable }]) =>
      row(`\`${code}\``, String(status), message, hint, retryable ? 'yes' : 'no'),
    ),
  ]);
}

/** As a server answers it; no handler is called, so none of what they use is needed. */
async function openApiPage() {
  const manifest = new URL('../packages/server/package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  const edge = {
    ...{ host: 'localhost', allowedHosts: [], corsOrigins: [], trustedProxies: [] },
    ...{ requestsMax: 1, bodyTimeMs: 1, isTls: false, isDraining: () => false },
  };
  const metrics = { requestBegan() {}, request() {}, error() {} };
  const watch = { request: (_, work) => work() };
  const app = createApp({ version, log: { debug() {}, error() {} }, edge, metrics, watch });
  const answer = await app.fetch(new Request('http://localhost/openapi.json'));
  return `${JSON.stringify(await answer.json(), null, 2)}\n`;
}

function page(title, lines) {
  return `${[note, '', `# ${title}`, '', ...lines].join('\n')}\n`;
}

function read(name) {
  try {
    return readFileSync(join(docs, name), 'utf8');
  } catch {
    return undefined;
  }
}
