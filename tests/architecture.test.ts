/** Imports flow one way, and the SDK is the one door. */
import { describe, expect, it } from 'vitest';
import { importProblems, importsOf, recordsProblems, sdkImportProblems } from './import-rules.ts';
import { filesUnder, read } from './source-files.ts';

const server = 'packages/server/src';
const sdk = 'packages/sdk/src';
const sources = (folder: string) =>
  filesUnder(folder).filter((path) => path.endsWith('.ts') && !/\.test(\.helper)?\.ts$/.test(path));

describe('the house', () => {
  it('is imported in one direction', () => {
    const problems = sources(server).flatMap((path) =>
      importProblems(path.slice(server.length + 1), read(path)),
    );
    expect(problems).toEqual([]);
  });

  it('opens records only as the scope of a request may see them', () => {
    const problems = sources(server).flatMap((path) =>
      recordsProblems(path.slice(server.length + 1), read(path)),
    );
    expect(problems).toEqual([]);
    expect(recordsProblems('engine/a/b.ts', 'await deps.records.open(tenant).page()')).toHaveLength(
      1,
    );
  });

  it('has an SDK that needs nothing', () => {
    const own = sources(sdk).filter(
      (path) => !/(\/examples|\/fixtures|\.test\.helper)\.ts$/.test(path),
    );
    expect(own.length).toBeGreaterThan(5);
    expect(own.flatMap((path) => sdkImportProblems(path, read(path)))).toEqual([]);
    expect(JSON.parse(read('packages/sdk/package.json'))).not.toHaveProperty('dependencies');
  });
});

describe('the rule', () => {
  it.each([
    ['util/a.ts', '../domain/errors.ts'],
    ['domain/a.ts', '../ports/clock.ts'],
    ['text/a.ts', '../ports/clock.ts'],
    ['index/a.ts', '../text/analyzer.ts'],
    ['engine/store/a.ts', '../../backends/sqlite/open.ts'],
    ['engine/a.ts', '../access/key-ring.ts'],
    ['engine/a.ts', '@photostructure/sqlite'],
    ['http/routes/a.ts', '../../compose.ts'],
    ['http/a.ts', '@reverie/sdk'],
    ['backends/sqlite/a.ts', '../ephemeral/open.ts'],
    ['backends/sqlite/a.ts', '../../engine/engine.ts'],
    ['providers/builtin/a.ts', '../../text/analyzer.ts'],
    ['unknown/a.ts', '../util/invariant.ts'],
  ])('refuses %s importing %s', (path, target) => {
    expect(importProblems(path, `import { a } from '${target}';`)).toEqual([
      `${path} -> ${target}`,
    ]);
    expect(importProblems(path, `await import('${target}');`)).toHaveLength(1);
  });

  it.each([
    ['engine/recall/a.ts', '../../index/types.ts'],
    ['http/a.ts', '../engine/engine.ts'],
    ['compose.ts', './backends/sqlite/open.ts'],
    ['cli/a.ts', '@reverie/sdk'],
    ['backends/sqlite/a.ts', './schema.ts'],
    ['backends/sqlite/a.ts', '@photostructure/sqlite'],
  ])('lets %s import %s', (path, target) => {
    expect(importProblems(path, `import type { a } from '${target}';`)).toEqual([]);
  });

  it('reads imports over several lines, exports and bare ones', () => {
    const text =
      "import {\n  a,\n  b,\n} from 'x';\nexport * from './y.ts';\nimport 'z';\n" +
      "export const a = 'b';\nexport type C = 'd' | 'e';\n";
    expect(importsOf(text)).toEqual(['x', './y.ts', 'z']);
    expect(sdkImportProblems('a.ts', text)).toEqual(['a.ts -> x', 'a.ts -> z']);
  });
});
