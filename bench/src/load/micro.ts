/**
 * The figures that need no server: the vector scan against streaming memory, and durable writes at
 * the records port against raw fsyncs.
 */
import { describeFailure } from '../lib/failure.ts';
import { field, listField, numberField, textField } from '../lib/json.ts';
import { type Figure, skipped } from './figure.ts';

interface Source {
  readonly file: string;
  readonly name: string;
  readonly what: string;
}

const sources: readonly Source[] = [
  { file: '../scan.js', name: 'measureScan', what: 'exact int8 scan over streaming' },
  { file: '../durability.js', name: 'measureDurability', what: 'durability at the records port' },
];

/** Runs each measurement; one that is absent or fails is a named skip. */
export async function microFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { file, name, what } of sources) {
    try {
      // The names are data here, because each measurement belongs to the room it measures.
      const measure = field(await import(new URL(file, import.meta.url).href), name);
      if (typeof measure !== 'function') throw new Error(`${name} is not exported`);
      figures.push(...toFigures(what, await measure()));
    } catch (error) {
      figures.push(skipped(what, null, 'x', describeFailure(error)));
    }
  }
  return figures;
}

/** Checks what a measurement returned: a list of figures, or an object with such a list. */
export function toFigures(what: string, returned: unknown): Figure[] {
  const list = Array.isArray(returned) ? returned : listField(returned, 'figures');
  if (list.length === 0) throw new Error('the measurement returned no figures');
  return list.map((one): Figure => {
    const note = textField(one, 'note');
    return {
      what: textField(one, 'what') ?? what,
      goal: numberField(one, 'goal') ?? null,
      atLeast: field(one, 'atLeast') === true,
      value: numberField(one, 'value') ?? null,
      unit: textField(one, 'unit') ?? 'x',
      ...(note === undefined ? {} : { note }),
    };
  });
}
