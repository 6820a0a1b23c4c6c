/** Bodies that fit their schema, and bodies that nearly do. */
import { field, listField, numberField, textField } from '../lib/json.ts';
import { integer, pick, type Random } from '../lib/random.ts';
import type { ApiDocument } from './document.ts';
import { anyFilter, hostileText, hostileValue } from './hostile.ts';
import type { Known } from './known.ts';

export interface SampleWorld {
  readonly document: ApiDocument;
  readonly known: Known;
  readonly random: Random;
}

const words = 'heron tea Bled train Alice moved likes budget river garden 2026 May coffee'.split(
  ' ',
);
const times = ['2026-05-08', '2026-05-08T10:00:00Z', '1999-12-31T23:59:59+02:00'];

/** A value for the schema; `name` is the field that it is for. */
export function sample(world: SampleWorld, given: unknown, name = '', depth = 0): unknown {
  const { document, random } = world;
  const schema = document.resolve(given);
  const meant = meantBy(world, name);
  if (meant !== undefined && random() < 0.9) return meant;
  const choices = [...listField(schema, 'anyOf'), ...listField(schema, 'oneOf')];
  if (choices.length > 0) return sample(world, pick(random, choices), name, depth);
  const parts = listField(schema, 'allOf');
  if (parts.length > 0) {
    return Object.assign({}, ...parts.map((part) => sample(world, part, name, depth)));
  }
  const listed = listField(schema, 'enum');
  if (listed.length > 0) return pick(random, listed);
  const type = field(schema, 'type');
  const one = Array.isArray(type) ? pick(random, type) : type;
  if (one === 'object') return sampleObject(world, schema, depth);
  if (one === 'array') {
    const size = depth > 3 ? 1 : integer(random, 0, 4);
    const items = field(schema, 'items');
    return Array.from({ length: size }, () => sample(world, items, name, depth + 1));
  }
  return scalar(random, one, schema);
}

function scalar(random: Random, type: unknown, schema: unknown): unknown {
  if (type === 'boolean') return random() < 0.5;
  if (type === 'null') return null;
  if (type === 'integer' || type === 'number') {
    const min = numberField(schema, 'minimum') ?? 0;
    const max = Math.min(numberField(schema, 'maximum') ?? min + 20, min + 1_000);
    return type === 'integer' ? integer(random, min, max) : min + random() * (max - min);
  }
  return textField(schema, 'format') === 'date-time' ? pick(random, times) : sentence(random);
}

function sampleObject(world: SampleWorld, schema: unknown, depth: number): unknown {
  const { random } = world;
  const required = new Set(listField(schema, 'required'));
  const properties = Object.entries(field(schema, 'properties') ?? {});
  const chosen = properties.filter(([name]) => {
    const share = name.includes('namespace') ? 0.8 : 0.15;
    return required.has(name) || (depth < 5 && random() < share);
  });
  const made = chosen.map(([name, part]) => [name, sample(world, part, name, depth + 1)]);
  if (properties.length === 0) made.push(['a', sentence(random)], ['n', integer(random, 0, 9)]);
  return Object.fromEntries(made);
}

/** Fields whose schema says less than their name. */
function meantBy({ known, random }: SampleWorld, name: string): unknown {
  if (/namespace$|^user_id$/.test(name)) return pick(random, known.namespaces);
  if (/^(namespaces)$/.test(name)) return undefined;
  if (/(^|_)id$|^ids$|^receipt$|^generation$|^memory_id$/.test(name))
    return known.id(random, /snapshot/.test(name) ? 'snap' : 'mem');
  if (/^(key|src_key|dest_key)$/.test(name)) return `key ${integer(random, 0, 30)}`;
  if (/cursor$|^after$/.test(name)) return known.cursor(random);
  if (/^filters?$/.test(name)) return anyFilter(random);
  if (name === 'time') return undefined;
  if (/(_at|_after|_before|_from|_to|^as_of|time|timestamp|date)$/.test(name)) {
    return pick(random, times);
  }
  if (name === 'confirm') return random() < 0.5 ? true : `clear:${pick(random, known.namespaces)}`;
  if (name === 'value') return random() < 0.1 ? hostileText(random) : sentence(random);
  return undefined;
}

export function sentence(random: Random): string {
  return Array.from({ length: integer(random, 2, 14) }, () => pick(random, words)).join(' ');
}

/** One thing wrong: a field that is missing, misspelt, unknown, or of another kind. */
export function nearly(random: Random, body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return hostileValue(random);
  const names = Object.keys(body);
  const name = names.length > 0 ? pick(random, names) : 'value';
  const fields: Record<string, unknown> = { ...body };
  const kind = integer(random, 0, 7);
  if (kind === 0) delete fields[name];
  else if (kind === 1) fields[`${name}s`] = 1;
  else if (kind === 2) fields[hostileText(random).slice(0, 200)] = hostileValue(random);
  else if (kind === 3 && typeof fields[name] === 'object') {
    fields[name] = nearly(random, fields[name]);
  } else fields[name] = hostileValue(random);
  return fields;
}
