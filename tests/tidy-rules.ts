/** The measurable part of the house style; each rule answers with its complaints. */
import { posix } from 'node:path';
import { maskCode } from './mask-code.ts';

export const columnsMax = 100;
export const functionLinesMax = 70;
export const fileLinesMax = 500;

/**
 * Paths that may break a size rule, each with its reason. For lines a path may be a folder that
 * ends in a slash; a function is `path#line text`.
 */
export interface Allowances {
  readonly lines: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<string, string>>;
}

export function longLines(path: string, text: string, allowed: Allowances): string[] {
  const isTable = Object.keys(allowed.lines).some((table) => path.startsWith(table));
  if (isTable) return [];
  return text.split('\n').flatMap((line, i) => {
    const columns = [...line].length;
    return columns > columnsMax ? [`${path}:${i + 1} has ${columns} columns`] : [];
  });
}

/** Lines with code on them: comments and empty lines are free. */
export function codeLines(text: string): number {
  return countCode(maskCode(text).split('\n'));
}

export function largeFile(path: string, text: string, allowed: Allowances): string[] {
  const lines = codeLines(text);
  if (lines <= fileLinesMax || allowed.files[path]) return [];
  return [`${path} has ${lines} lines of code`];
}

const controls = /^(?:\} )?(?:if|else|for|while|switch|catch|do|try|finally|with|return)\b/;
const header = /=> \{$|\bfunction\b.*\{$|^(?:[a-z]+ )*[\w$#[\].]+(?:<.*>)?\(.*\{$|^\).*\{$|^\} \{$/;
const testBlock = /^(?:describe|it|test)\b/;

/**
 * Relies on the formatter: what opens at the end of a line closes at the start of a line of the
 * same indent.
 */
export function longFunctions(path: string, text: string, allowed: Allowances): string[] {
  const lines = maskCode(text).split('\n');
  const original = text.split('\n');
  return lines.flatMap((line, end) => {
    const code = line.trim();
    if (!header.test(code) || controls.test(code)) return [];
    const indent = indentOf(line);
    const start = /^[)}]/.test(code) ? openingOf(lines, end, indent) : end;
    const name = original[start]?.trim() ?? '';
    if (controls.test(name) || testBlock.test(name)) return [];
    const close = lines.findIndex(
      (later, i) => i > end && /^[})]/.test(later.slice(indent)) && indentOf(later) === indent,
    );
    const length = countCode(lines.slice(start, close + 1));
    if (length <= functionLinesMax || allowed.functions[`${path}#${name}`]) return [];
    return [`${path}:${start + 1} has a function of ${length} lines: ${name}`];
  });
}

export function defaultExports(path: string, text: string): string[] {
  if (posix.basename(path) === 'vitest.config.ts') return [];
  return matches(path, maskCode(text), /^export default\b|\bas default\b/, 'has a default export');
}

export function anyTypes(path: string, text: string): string[] {
  const pattern = /(?:[:<|&]|\bas|=>|\bextends|\breadonly)\s*any\b(?!\s*\??:)|,\s*any\s*[>[]/;
  return matches(path, maskCode(text), pattern, 'has the type any');
}

/** Unfinished work, and tests that are switched off without a comment that says why. */
export function leftovers(path: string, text: string): string[] {
  const masked = maskCode(text);
  const comments = [...text].map((char, i) => (masked[i] === ' ' || char === '\n' ? char : ' '));
  const open = matches(path, comments.join(''), /\b(?:TODO|FIXME|XXX)\b/, 'has unfinished work');
  const only = matches(path, masked, /\b(?:describe|it|test)\.only\b/, 'runs one test only');
  const lines = text.split('\n');
  const skips = matches(path, masked, /\b(?:describe|it|test)\.(?:skip|todo)\b/, 'skips a test');
  const unexplained = skips.filter((problem) => {
    const line = Number(/:(\d+) /.exec(problem)?.[1]);
    // A contract suite puts the reason into the title, from its list of skips.
    const here = lines[line - 1] ?? '';
    return !/\/\/|reason/.test(here) && !lines[line - 2]?.includes('//');
  });
  return [...open, ...only, ...unexplained];
}

const rootFiles = new Set([
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'biome.json',
  'package-lock.json',
  'package.json',
  'tidy.allow.json',
  'tsconfig.base.json',
  'tsconfig.json',
  'vitest.config.ts',
]);
const rootFolders = new Set([
  'apps',
  'bench',
  'clients',
  'deploy',
  'docs',
  'packages',
  'scripts',
  'tests',
  'tools',
]);

export function strayRootFile(path: string): string[] {
  const [first = '', ...rest] = path.split('/');
  const known = rest.length === 0 ? rootFiles.has(first) : rootFolders.has(first);
  return known ? [] : [`${path} does not belong in the root`];
}

const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
/** Their programs look for them under these names. */
const given = new Set(['Caddyfile', 'Dockerfile']);
const shouted = /^[A-Z]+(?:[-_][A-Z]+)*(?:\.md)?$/;

export function oddName(path: string): string[] {
  // Python names its modules with underscores.
  if (/\.pyi?$/.test(path)) return [];
  const names = path.split('/');
  const last = names.at(-1) ?? '';
  const folders = names.slice(0, -1).every((name) => kebab.test(name));
  return folders && (kebab.test(last) || shouted.test(last) || given.has(last))
    ? []
    : [`${path} is not kebab-case`];
}

/** Relative links of a page that lead nowhere. */
export function deadLinks(path: string, text: string, exists: (path: string) => boolean): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(\s*<?([^)\s>]+)/g)].flatMap((found) => {
    const target = decodeURI(found[1] ?? '').replace(/[#?].*$/, '');
    if (target === '' || /^[a-z][a-z0-9+.-]*:/i.test(target)) return [];
    const file = posix.join(posix.dirname(path), target);
    return exists(file) ? [] : [`${path} links to ${found[1]}, which does not exist`];
  });
}

function matches(path: string, text: string, pattern: RegExp, complaint: string): string[] {
  return text
    .split('\n')
    .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1} ${complaint}`] : []));
}

function countCode(lines: readonly string[]): number {
  return lines.filter((line) => line.trim() !== '').length;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The line on which a declaration over several lines began. */
function openingOf(lines: readonly string[], end: number, indent: number): number {
  for (let i = end - 1; i >= 0; i--) {
    const line = lines[i] ?? '';
    if (line.trim() !== '' && indentOf(line) === indent && !/^[)}]/.test(line.trim())) return i;
  }
  return end;
}
