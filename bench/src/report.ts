/** `npm run bench:report [-- --check]`: writes docs/benchmarks.md, or fails when it has drifted. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeFailure } from './lib/failure.ts';
import { parseResult } from './lib/read-result.ts';
import { renderReport } from './lib/render-report.ts';
import type { Result } from './lib/results.ts';

const folder = fileURLToPath(new URL('../results/', import.meta.url));
const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const page = `${docs}benchmarks.md`;

function read(file: string): Result {
  try {
    return parseResult(readFileSync(`${folder}${file}`, 'utf8'));
  } catch (error) {
    throw new Error(`bench/results/${file}: ${describeFailure(error)}`);
  }
}

const files = existsSync(folder) ? readdirSync(folder).sort() : [];
const wanted = renderReport(files.filter((file) => file.endsWith('.json')).map(read));
if (!process.argv.includes('--check')) {
  mkdirSync(docs, { recursive: true });
  writeFileSync(page, wanted);
} else if (!existsSync(page) || readFileSync(page, 'utf8') !== wanted) {
  console.error('docs/benchmarks.md is not what bench/results says: npm run bench:report');
  process.exitCode = 1;
}
