/** The options of `npm run bench:recall`, read and checked. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Signals, signalNames, signalsWhere } from '../lib/api.ts';
import { type Format, formats } from './load-data.ts';

export const usage = `npm run bench:recall -- (--data FILE ... | --data-dir FOLDER) [options]
  --data FILE           a data file; may be given several times
  --data-dir FOLDER     every .json file of a folder
  --format NAME         auto, reverie, locomo or longmemeval (default auto)
  --url URL --key KEY   a running server; its bench-* namespaces are kept (default: an own server)
  --signals a,b         only these of vector,text,entity,thread,time,speaker,question
  --ablation            one more table with each signal switched off and alone
  --limit N             results per query, 10 to 100 (default 10; 50 where sessions are scored)
  --json FILE           also writes the result of the one data file as JSON
  --json-dir FOLDER     also writes DATE-recall-NAME.json for every data file`;

export interface RecallOptions {
  readonly files: readonly string[];
  readonly format: Format;
  readonly server: { readonly url: string; readonly key: string } | undefined;
  readonly signals: Signals | undefined;
  /** As the user wrote it, for the record. */
  readonly signalsText: string | undefined;
  readonly ablation: boolean;
  readonly limit: number;
  readonly json: string | undefined;
  readonly jsonDir: string | undefined;
}

/** Throws with what is wrong when the arguments make no sense. */
export function parseOptions(args: readonly string[]): RecallOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string', multiple: true, default: [] },
      'data-dir': { type: 'string' },
      format: { type: 'string', default: 'auto' },
      url: { type: 'string' },
      key: { type: 'string' },
      signals: { type: 'string' },
      ablation: { type: 'boolean', default: false },
      limit: { type: 'string', default: '10' },
      json: { type: 'string' },
      'json-dir': { type: 'string' },
    },
  });
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 10 || limit > 100) {
    throw new Error('--limit is a whole number from 10 to 100');
  }
  const format = formats.find((known) => known === values.format);
  if (format === undefined) throw new Error(`--format is one of ${formats.join(', ')}`);
  const { url, key } = values;
  if ((url === undefined) !== (key === undefined)) throw new Error('--url and --key go together');
  const files = [...values.data, ...filesOf(values['data-dir'])];
  if (files.length === 0) throw new Error('name a data file with --data, or a folder');
  if (values.json !== undefined && files.length > 1) {
    throw new Error('--json keeps one result; use --json-dir for several data files');
  }
  return {
    files,
    format,
    server: url === undefined || key === undefined ? undefined : { url, key },
    signals: chosenSignals(values.signals),
    signalsText: values.signals,
    ablation: values.ablation,
    limit,
    json: values.json,
    jsonDir: values['json-dir'],
  };
}

function filesOf(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => join(folder, name));
}

function chosenSignals(text: string | undefined): Signals | undefined {
  if (text === undefined) return undefined;
  const named = text.split(',').map((name) => name.trim());
  const unknown = named.find((name) => !signalNames.some((known) => known === name));
  if (unknown !== undefined) {
    throw new Error(`--signals does not know ${unknown}; there are ${signalNames.join(', ')}`);
  }
  return signalsWhere((name) => named.includes(name));
}
