/** How well the audit finds what is planted: precision and recall per class. */
import type { AuditReport } from '../../packages/server/src/engine/audit/audit.ts';
import type { AuditClass } from '../../packages/server/src/engine/audit/findings.ts';
import { openTestEngine, startMs } from '../context/open-test-engine.ts';
import { plantedLanguages, plantedLookalikes, plantedSecrets } from './planted.fixture.ts';

export interface ClassQuality {
  readonly name: AuditClass;
  readonly planted: number;
  readonly found: number;
  readonly right: number;
}

export interface Quality {
  readonly memories: number;
  readonly classes: readonly ClassQuality[];
  /** Texts of pairs and memories that were missed, or taken for what they are not. */
  readonly wrong: readonly string[];
}

type TestEngine = Awaited<ReturnType<typeof openTestEngine>>;

/** Per class, what is planted: an id, or two ids that say the same. */
type Planted = Map<AuditClass, Set<string>>;

export async function measureAudit(): Promise<Quality> {
  const it = await openTestEngine();
  try {
    const texts = new Map<string, string>();
    const planted = await plant(it, texts);
    it.pass(1000);
    const request = { namespace: it.ann, timeMs: 60_000, examplesMax: 1000 };
    return compare(await it.engine.audit(it.scope, request), planted, texts);
  } finally {
    await it.close();
  }
}

async function plant(it: TestEngine, texts: Map<string, string>): Promise<Planted> {
  const planted: Planted = new Map();
  const expect = (name: AuditClass, id: string): void => {
    planted.set(name, (planted.get(name) ?? new Set()).add(id));
  };
  const store: TestEngine['store'] = async (value, more) => {
    const memory = await it.store(value, more);
    texts.set(memory.id, value);
    return memory;
  };
  for (const [language, { same, near, other, plain }] of Object.entries(plantedLanguages)) {
    const pairs = [
      ...same.map((pair) => ['duplicates', pair] as const),
      ...near.map((pair) => ['near_duplicates', pair] as const),
      ...other.map((pair) => [undefined, pair] as const),
    ];
    for (const [name, [first, second]] of pairs) {
      const ids = [(await store(first)).id, (await store(second)).id];
      if (name) expect(name, ids.sort().join(' '));
    }
    for (const [i, text] of plain.entries()) {
      if (i === 0) expect('stale', (await store(text, { expiresAt: startMs + 500 })).id);
      else if (i === 1) expect('stale', (await store(text, { validTo: 1 })).id);
      else if (i === 2) expect('superseded', (await store(text, { key: `${language}-2` })).id);
      else await store(text, i === 3 ? { key: `${language}-2` } : {});
    }
  }
  for (const text of plantedSecrets) expect('secrets', (await store(text)).id);
  for (const text of plantedLookalikes) await store(text);
  return planted;
}

function compare(report: AuditReport, planted: Planted, texts: Map<string, string>): Quality {
  const wrong: string[] = [];
  const classes = [...planted].map(([name, expected]): ClassQuality => {
    const { examples } = report.classes[name];
    const found = examples.map(({ id, of }) => (of ? [id, of].sort().join(' ') : id));
    const tell = (what: string, ids: string): void => {
      const lines = ids.split(' ').map((id) => texts.get(id));
      wrong.push(`${name}, ${what}: ${lines.join(' | ')}`);
    };
    for (const ids of expected) if (!found.includes(ids)) tell('missed', ids);
    for (const ids of found) if (!expected.has(ids)) tell('wrong', ids);
    const right = found.filter((ids) => expected.has(ids)).length;
    return { name, planted: expected.size, found: found.length, right };
  });
  return { memories: report.memories, classes, wrong };
}

/** Rows of a Markdown table, as docs/guides/audit.md shows them. */
export function qualityTable({ classes }: Quality): string[] {
  const share = (part: number, whole: number): string =>
    whole === 0 ? '-' : (part / whole).toFixed(2);
  return [
    '| class | planted | found | precision | recall |',
    '| --- | --- | --- | --- | --- |',
    ...classes.map(
      ({ name, planted, found, right }) =>
        `| ${name} | ${planted} | ${found} | ${share(right, found)} | ${share(right, planted)} |`,
    ),
  ];
}
