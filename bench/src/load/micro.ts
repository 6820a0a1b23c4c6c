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
  readonly figures: (returned: unknown) => Figure[];
}

const sources: readonly Source[] = [
  {
    file: '../scan.js',
    name: 'measureScan',
    what: 'exact int8 scan over streaming',
    figures: scanFigures,
  },
  {
    file: '../durability.js',
    name: 'measureDurability',
    what: 'durability at the records port',
    figures: durabilityFigures,
  },
];

/** Runs each measurement; one that is absent or fails is a named skip. */
export async function microFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const source of sources) {
    try {
      // The names are data here, because each measurement belongs to the room it measures.
      const module: unknown = await import(new URL(source.file, import.meta.url).href);
      const measure = field(module, source.name);
      if (typeof measure !== 'function') throw new Error(`${source.name} is not exported`);
      figures.push(...source.figures(await measure({})));
    } catch (error) {
      figures.push(skipped(source.what, null, 'x', describeFailure(error)));
    }
  }
  return figures;
}

/** From the scan report: one ratio, taken in neighbouring passes. */
export function scanFigures(report: unknown): Figure[] {
  const number = (name: string): number => numberField(report, name) ?? Number.NaN;
  const ms = (name: string): string => `${number(name).toFixed(2)} ms`;
  const times = `scan ${ms('scanMs')}, stream ${ms('streamMs')}`;
  return [
    {
      what: 'exact int8 scan over streaming the same bytes',
      goal: 1.5,
      value: number('ratio'),
      unit: 'x',
      note: `${number('rows')} x ${number('dimension')}: ${times}`,
    },
  ];
}

/** From the durability report: two ratios per injected delay, held against their goals. */
export function durabilityFigures(report: unknown): Figure[] {
  return listField(report, 'rows').flatMap((row) => {
    const injectedMs = numberField(row, 'injectedMs') ?? 0;
    const where = injectedMs === 0 ? 'fsyncs as they are' : `fsyncs of ${injectedMs} ms`;
    const single = `durable single write at the records port over one raw fsync, ${where}`;
    const group = `16 concurrent writers over one, ${where}`;
    // A shared disk flips between 0.15 and 4 ms, so only an injected delay makes a fair goal.
    const singleGoal = injectedMs >= 1 ? 1.5 : null;
    const groupGoal = injectedMs >= 4 ? 8 : 2;
    const reason = textField(row, 'skipped');
    if (reason !== undefined) {
      return [skipped(single, singleGoal, 'x', reason), skipped(group, groupGoal, 'x', reason)];
    }
    const number = (name: string): number => numberField(row, name) ?? Number.NaN;
    const rawMs = number('rawFsyncMs');
    return [
      {
        what: single,
        goal: singleGoal,
        value: number('singleOverRaw'),
        unit: 'x',
        note: `raw ${rawMs.toFixed(2)} ms, write ${number('singleWriteMs').toFixed(2)} ms`,
      },
      {
        what: group,
        goal: groupGoal,
        atLeast: true,
        value: number('groupOverSingle'),
        unit: 'x',
        note:
          `${number('groupPerSecond').toFixed(0)} over ` +
          `${number('singlePerSecond').toFixed(0)} writes/s`,
      },
    ];
  });
}
