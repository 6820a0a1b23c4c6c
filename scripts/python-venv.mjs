/** A Python environment with what a list of requirements names, made once and kept. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** In `folder`; says which Python to call, or why there is none. */
export function pythonVenv(folder, requirements) {
  const python =
    process.platform === 'win32' ? `${folder}/Scripts/python.exe` : `${folder}/bin/python`;
  const stamp = `${folder}/requirements.txt`;
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { python };
  if (run('python3', ['--version']).status !== 0) return { reason: 'python3 is not installed' };
  rmSync(folder, { recursive: true, force: true });
  const made = run('python3', ['-m', 'venv', folder]);
  if (made.status !== 0)
    return { reason: `python3 -m venv does not work here (${lastLine(made)})` };
  const args = ['-m', 'pip', 'install', '--disable-pip-version-check', '-q', '-r', requirements];
  const installed = run(python, args);
  if (installed.status !== 0) {
    return { reason: `the package index was not reached (${lastLine(installed)})` };
  }
  writeFileSync(stamp, wanted);
  return { python };
}

function run(command, args) {
  return spawnSync(command, args, { encoding: 'utf8', timeout: 240_000 });
}

function lastLine(result) {
  return `${result.stderr ?? ''}${result.error ?? ''}`.trim().split('\n').at(-1);
}
