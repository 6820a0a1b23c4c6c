/** Opens a data file in any of the known formats. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { field } from '../lib/json.ts';
import { type DataSet, parseDataSet, toDataSet } from './data.ts';
import { firstCharacter, readJsonArray } from './json-array.ts';
import { fromLocomo } from './locomo.ts';
import { fromLongMemEval } from './longmemeval.ts';

export const formats = ['auto', 'reverie', 'locomo', 'longmemeval'] as const;
export type Format = (typeof formats)[number];

/** Reads a file; `auto` looks at its start. Throws when it is in none of the formats. */
export function loadDataSet(path: string, format: Format): DataSet {
  const found = format === 'auto' ? detectFormat(path) : format;
  if (found === 'reverie') return parseDataSet(JSON.parse(readFileSync(path, 'utf8')));
  const convert = found === 'locomo' ? fromLocomo : fromLongMemEval;
  return toDataSet(nameOf(path, found), groupsOf(path, convert));
}

/** The format of a file, by its first character and the fields of its first element. */
export function detectFormat(path: string): Exclude<Format, 'auto'> {
  if (firstCharacter(path) === '{') return 'reverie';
  const first = readJsonArray(path).next().value;
  if (field(first, 'conversation') !== undefined) return 'locomo';
  if (field(first, 'haystack_sessions') !== undefined) return 'longmemeval';
  throw new Error('the file is in no known format; see bench/README.md, or name it with --format');
}

function* groupsOf(
  path: string,
  convert: (element: unknown, position: number) => unknown,
): Generator<unknown> {
  let position = 0;
  for (const element of readJsonArray(path)) {
    yield convert(element, position);
    position += 1;
  }
  if (position === 0) throw new Error('the data file has no groups');
}

/** The file's name, which starts with the format's: results of LoCoMo are known by their name. */
function nameOf(path: string, format: string): string {
  const name = basename(path, '.json');
  return name.startsWith(format) ? name : `${format}-${name}`;
}
