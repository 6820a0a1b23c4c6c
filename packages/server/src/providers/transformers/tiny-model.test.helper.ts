/** The tiny models of the tests, in folders as the library wants them, and whether it is there. */
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libraryName } from './library.ts';

/** Files here have no underscores in their names; the library's have. */
const renamed = [
  ['tokenizer-config.json', 'tokenizer_config.json'],
  ['onnx/model-quantized.onnx', 'onnx/model_quantized.onnx'],
] as const;

/** A folder of its own with the model; whoever asks for it removes its `parent`. */
export function tinyModel(name: 'tiny-embedder' | 'tiny-reranker'): {
  readonly parent: string;
  readonly folder: string;
} {
  const parent = mkdtempSync(join(tmpdir(), 'reverie-model-'));
  const folder = join(parent, name);
  const source = new URL(`./fixtures/${name}/`, import.meta.url);
  cpSync(fileURLToPath(source), folder, { recursive: true });
  for (const [from, to] of renamed) renameSync(join(folder, from), join(folder, to));
  return { parent, folder };
}

export function removeModel({ parent }: { readonly parent: string }): void {
  rmSync(parent, { recursive: true, force: true });
}

/** Undefined, or why tests with the real library are left out. */
export const libraryMissing = findLibrary()
  ? undefined
  : `the package is not installed: npm install --no-save ${libraryName}`;

function findLibrary(): boolean {
  try {
    createRequire(import.meta.url).resolve(libraryName);
    return true;
  } catch {
    return false;
  }
}
