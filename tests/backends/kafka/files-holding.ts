/** Which files below a folder hold some text, as bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export function filesHolding(folder: string, text: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
}
