/** The house keeps to its own style; and each rule is shown to see what it looks for. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskCode } from './mask-code.ts';
import { filesUnder, read, root } from './source-files.ts';
import * as tidy from './tidy-rules.ts';

const allowed: tidy.Allowances = JSON.parse(read('tidy.allow.json'));
const none: tidy.Allowances = { lines: {}, files: {}, functions: {} };
const files = filesUnder('');
const code = files.filter((path) => /\.(?:ts|tsx|mjs)$/.test(path));
const pages = files.filter((path) => path.endsWith('.md'));

describe('the repository', () => {
  const rules: [string, (path: string, text: string) => string[]][] = [
    ['lines of at most 100 columns', (path, text) => tidy.longLines(path, text, allowed)],
    ['small functions', (path, text) => tidy.longFunctions(path, text, allowed)],
    ['small files', (path, text) => tidy.largeFile(path, text, allowed)],
    ['no default exports', tidy.defaultExports],
    ['no any', tidy.anyTypes],
    ['nothing left over', tidy.leftovers],
  ];
  it.each(rules)('has %s', (_name, rule) => {
    expect(code.length).toBeGreaterThan(30);
    expect(code.flatMap((path) => rule(path, read(path)))).toEqual([]);
  });

  it('has no stray files in the root', () => {
    expect(files.flatMap(tidy.strayRootFile)).toEqual([]);
  });

  it('has kebab-case names', () => {
    expect(files.flatMap(tidy.oddName)).toEqual([]);
  });

  it('has links that lead somewhere', () => {
    const exists = (path: string) => existsSync(join(root, path));
    expect(pages.flatMap((path) => tidy.deadLinks(path, read(path), exists))).toEqual([]);
  });

  it('allows only files that exist, each with a reason', () => {
    for (const [path, reason] of Object.entries({
      ...allowed.lines,
      ...allowed.files,
      ...allowed.functions,
    })) {
      const [file = ''] = path.split('#');
      expect(files.some((each) => each === file || each.startsWith(file))).toBe(true);
      expect(reason.length).toBeGreaterThan(10);
    }
  });
});

const body = (lines: number) => '    run();\n'.repeat(lines);

describe('small functions', () => {
  it.each([
    ['a function', `export function a(b: string): void {\n${body(70)}}\n`],
    ['an async function', `async function a<T>(b: T): Promise<{ c: T }> {\n${body(70)}}\n`],
    ['a method', `class A {\n  async a(b: string): Promise<void> {\n${body(70)}  }\n}\n`],
    ['a method without parameters', `const a = {\n  close() {\n${body(70)}  },\n};\n`],
    ['an arrow function', `const a = (b: string) => {\n${body(70)}};\n`],
    ['a callback', `items.forEach((item) => {\n${body(70)}});\n`],
    ['parameters over lines', `function a(\n  b: string,\n  c: string,\n): void {\n${body(70)}}\n`],
    ['a type over lines', `function a(): {\n  b: string;\n} {\n${body(70)}}\n`],
    ['braces in text', `function a() {\n  const b = '}';\n${body(70)}}\n`],
  ])('sees %s of over 70 lines', (_name, text) => {
    expect(tidy.longFunctions('a.ts', text, none)).toHaveLength(1);
    expect(tidy.longFunctions('a.ts', text.replace(body(70), body(60)), none)).toEqual([]);
  });

  it('leaves classes, tests, conditions, tables and comments alone', () => {
    const texts = [
      `class A {\n${'  a() {\n    b();\n  }\n'.repeat(40)}}\n`,
      `describe('a', () => {\n${body(90)}});\n`,
      `if (a(b)) {\n${body(90)}}\n`,
      `const a = {\n${'  b: 1,\n'.repeat(90)}};\n`,
      `function a() {\n${'  // Why.\n'.repeat(90)}}\n`,
    ];
    for (const text of texts) expect(tidy.longFunctions('a.ts', text, none)).toEqual([]);
  });

  it('obeys the list of exceptions', () => {
    const text = `function a() {\n${body(90)}}\n`;
    const functions = { 'a.ts#function a() {': 'A reason.' };
    expect(tidy.longFunctions('a.ts', text, { ...none, functions })).toEqual([]);
  });
});

describe('the other rules', () => {
  it('see a long line and a large file', () => {
    expect(tidy.longLines('a.ts', `ok\n${'é'.repeat(101)}`, none)).toEqual([
      'a.ts:2 has 101 columns',
    ]);
    expect(tidy.longLines('a.ts', 'é'.repeat(100), none)).toEqual([]);
    const wide = { ...none, lines: { 'a.ts': 'A table.' } };
    expect(tidy.longLines('a.ts', 'é'.repeat(101), wide)).toEqual([]);
    const text = 'run();\n'.repeat(501);
    expect(tidy.largeFile('a.ts', text, none)).toHaveLength(1);
    expect(tidy.largeFile('a.ts', text, { ...none, files: { 'a.ts': 'Why.' } })).toEqual([]);
    expect(tidy.largeFile('a.ts', `${'/* no code */\n'.repeat(900)}`, none)).toEqual([]);
  });

  it('see a default export and any', () => {
    expect(tidy.defaultExports('a.ts', 'export default 1;')).toHaveLength(1);
    expect(tidy.defaultExports('a.ts', "say('export default');")).toEqual([]);
    for (const text of ['let a: any;', 'Map<string, any>', 'b as any', 'any[] | any', '<any>b']) {
      expect(tidy.anyTypes('a.ts', text), text).toHaveLength(1);
    }
    for (const text of ['{ any: [] }', 'const { any, all } = b', 'a?.any', "'as any'", 'many']) {
      expect(tidy.anyTypes('a.ts', text), text).toEqual([]);
    }
  });

  it('see what was left over', () => {
    const words = ['TO', 'DO'].join('');
    expect(tidy.leftovers('a.ts', `// ${words}: later`)).toHaveLength(1);
    expect(tidy.leftovers('a.ts', "it.only('a', b);")).toHaveLength(1);
    expect(tidy.leftovers('a.ts', "it.skip('a', b);")).toHaveLength(1);
    expect(tidy.leftovers('a.ts', "// Needs a disk.\nit.skip('a', b);")).toEqual([]);
    expect(tidy.leftovers('a.ts', `const a = '${words} .only';`)).toEqual([]);
  });

  it('see stray files and odd names', () => {
    expect(tidy.strayRootFile('notes.md')).toHaveLength(1);
    expect(tidy.strayRootFile('stuff/a.ts')).toHaveLength(1);
    expect(tidy.strayRootFile('README.md')).toEqual([]);
    for (const path of ['packages/a/fileName.ts', 'packages/a_b/c.ts', 'docs/A b.md']) {
      expect(tidy.oddName(path), path).toHaveLength(1);
    }
    for (const path of ['packages/sdk/README.md', 'LICENSE', 'a/b-c.test.ts', 'c/__init__.py']) {
      expect(tidy.oddName(path), path).toEqual([]);
    }
  });

  it('see a dead link', () => {
    const exists = (path: string) => path === 'docs/here.md';
    const dead = (text: string) => tidy.deadLinks('docs/a.md', text, exists);
    expect(dead('[a](gone.md) [b](../docs/gone.md#x)')).toHaveLength(2);
    expect(dead('[a](here.md#x) [b](https://x.org) [c](#d) `[d](e)`')).toEqual([]);
    expect(dead('```\n[a](gone.md)\n```\n')).toEqual([]);
  });
});

describe('maskCode', () => {
  it('moves nothing, whatever it reads', () => {
    const piece = fc.constantFrom(
      '`',
      '${',
      '}',
      '{',
      "'",
      '"',
      '/',
      '//',
      '/*',
      '*/',
      '\\',
      '\n',
      'a',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const masked = maskCode(text);
        expect(masked.length).toBe(text.length);
        expect(masked.replace(/[^\n]/g, ' ')).toBe(text.replace(/[^\n]/g, ' '));
      }),
    );
  });

  it('blanks text and comments, and keeps code inside templates', () => {
    const text = `a("{"); // }
      b(\`x \${c({ d: \`}\` })} y\`); /* { */ e = /[/}]{2}/g; f = 4 / 2;`;
    const masked = maskCode(text);
    expect(masked.length).toBe(text.length);
    expect(masked).toContain('c({ d: ');
    expect(masked).toContain('f = 4 / 2;');
    expect(masked.replace(/[^{}]/g, '')).toBe('{}');
  });
});
