/**
 * `node scripts/test-guides.mjs --python`: runs the Python samples of the guides with their real
 * clients in `.venv`. A missing Python or package index is a named skip, never a silent pass.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pythonVenv } from './python-venv.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));

function run(args) {
  const options = { cwd: root, stdio: 'inherit', timeout: 240_000 };
  return spawnSync(process.execPath, args, options).status ?? 1;
}

if (!process.argv.includes('--python')) {
  console.error('usage: node scripts/test-guides.mjs --python (the Node samples run in npm test)');
  process.exit(2);
}
const { python, reason } = pythonVenv(`${root}.venv`, `${root}tests/guides/requirements.txt`);
if (reason !== undefined) {
  console.log(`skipped Python guide samples: ${reason}`);
  console.log('0 passed, 0 failed, 2 skipped');
  process.exit(0);
}
if (run(['node_modules/typescript/bin/tsc', '-b']) !== 0) process.exit(1);
process.exit(run(['tests/guides/dist/python-samples.js', python]));
