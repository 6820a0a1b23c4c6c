/**
 * `node scripts/check-manifests.mjs`: holds deploy/kubernetes to the schemas of Kubernetes, of the
 * oldest version that docs/guides/deploy.md names and of the newest one known; each manifest, and
 * each overlay as kubectl puts it together. What is missing here is a skip with its reason.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonVenv } from './python-venv.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const cache = join(root, 'node_modules/.cache');
const folder = join(root, 'deploy/kubernetes');
const versions = ['1.30', '1.37'];
const counts = { passed: 0, failed: 0, skipped: 0 };

mkdirSync(cache, { recursive: true });
const requirements = join(root, 'tests/deploy/requirements.txt');
const { python, reason } = pythonVenv(join(cache, 'manifests-venv'), requirements);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
const manifests = files.filter((path) => /\.yaml$/.test(path) && !/kustomization/.test(path));
const overlays = readdirSync(join(folder, 'overlays'));

if (reason === undefined) {
  for (const path of manifests.sort()) validate(path, join(folder, path));
  for (const overlay of overlays) validateOverlay(overlay);
} else {
  console.log(`skipped the schemas of Kubernetes: ${reason}`);
  counts.skipped = manifests.length + overlays.length;
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

function validateOverlay(overlay) {
  const args = ['kustomize', join(folder, 'overlays', overlay)];
  const { error, status, stdout, stderr } = spawnSync('kubectl', args, { encoding: 'utf8' });
  if (error) {
    console.log(`skipped overlay ${overlay}: kubectl is not installed`);
    counts.skipped++;
  } else if (status === 0) {
    const path = join(cache, `overlay-${overlay}.yaml`);
    writeFileSync(path, stdout);
    validate(`overlay ${overlay}`, path);
  } else tell(`overlay ${overlay}`, stderr);
}

function validate(name, path) {
  const complaints = versions.map((version) => {
    const args = ['-m', 'kubernetes_validate', '--strict', '--quiet', '-k', version, path];
    const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
    return status === 0 ? '' : `${stdout}${stderr}`;
  });
  tell(name, complaints.join(''));
}

function tell(name, complaint) {
  if (complaint !== '') console.log(`FAIL ${name}: ${complaint.trim()}`);
  counts[complaint === '' ? 'passed' : 'failed']++;
}
