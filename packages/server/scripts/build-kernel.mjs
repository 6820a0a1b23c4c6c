/**
 * Compiles the vector kernel: `node scripts/build-kernel.mjs` writes assets/kernel.wasm and the
 * record of its source, `--check` compiles again and fails when the committed bytes differ.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = fileURLToPath(new URL('..', import.meta.url));
const source = join(home, 'kernel/scan.as.ts');
const target = join(home, 'assets/kernel.wasm');
const record = join(home, 'assets/kernel.json');
const compiler = 'assemblyscript@0.28.x';

function compile() {
  const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
  try {
    const out = join(folder, 'kernel.wasm');
    const flags = ['-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub'];
    // 16,384 pages are 1 GiB: as far as one slab memory grows.
    const memory = ['--importMemory', '--initialMemory', '1', '--maximumMemory', '16384'];
    execFileSync(
      'npx',
      ['-y', '-p', compiler, 'asc', source, '-o', out, ...flags, ...memory, '--noExportMemory'],
      { stdio: 'inherit' },
    );
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const wasm = compile();
if (process.argv.includes('--check')) {
  if (!wasm.equals(readFileSync(target))) {
    console.error('assets/kernel.wasm is not what kernel/scan.as.ts compiles to.');
    process.exitCode = 1;
  }
} else {
  const facts = { compiler, source: sha256(readFileSync(source)), wasm: sha256(wasm) };
  writeFileSync(target, wasm);
  writeFileSync(record, `${JSON.stringify(facts, null, 2)}\n`);
}
