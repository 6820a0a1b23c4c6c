/** Emails, URLs, handles and code identifiers in text. */
import type { Entity, EntityType } from './entity-types.ts';
import { normalCharsMax } from './entity-types.ts';

/** Top-level domains under which a host without a scheme is taken for an address. */
const domains =
  'com|org|net|io|dev|ai|app|edu|gov|info|co|de|fr|es|it|pt|nl|ch|at|se|no|dk|fi|pl|ru|cn|jp|' +
  'kr|uk|eu|us|ca|au|br|in|me|tv';
const files =
  'ts|tsx|js|mjs|cjs|jsx|json|py|rb|rs|go|java|kt|c|h|cpp|cs|md|txt|csv|yaml|yml|' +
  'toml|sql|sh|html|css|pdf|docx|xlsx|png|jpg|zip|log|ini|env|wasm';

const localPart = /[\p{L}\p{N}._%+-]{1,64}$/u;
const emailHost =
  /^[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,6}\.\p{L}{2,24}(?![\p{L}\p{N}])/u;
const handleName = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,63}/u;
const url = /(?<![\p{L}\p{N}])(?:https?:\/\/|www\.)[^\s<>"'`，。、）」】]{1,2048}/giu;
const bareHost = new RegExp(
  '(?<![\\p{L}\\p{N}@._/-])(?:[a-z0-9][a-z0-9-]{0,62}\\.){1,4}' +
    `(?:${domains})(?![\\p{L}\\p{N}@-])(?:/[^\\s<>"'\`]{0,512})?`,
  'giu',
);
const code: readonly RegExp[] = [
  /`([^`\n]{1,64})`/gu,
  // foo(), foo.bar()
  /(?<![\p{L}\p{N}_$.])[a-zA-Z_$][\w$]{0,63}(?:\.[a-zA-Z_$][\w$]{0,63}){0,4}(?=\(\))/gu,
  // snake_case and CONSTANT_CASE
  /(?<![\p{L}\p{N}_$@.])[a-zA-Z][a-zA-Z0-9]{0,31}(?:_[a-zA-Z0-9]{1,31}){1,8}(?![\p{L}\p{N}_@])/gu,
  // camelCase with at least two letters before the first hump
  /(?<![\p{L}\p{N}_$@.])[a-z]{2,31}(?:[A-Z][a-z0-9]{1,31}){1,8}(?![\p{L}\p{N}_@])/gu,
  // scoped packages
  /(?<![\p{L}\p{N}_@])@[a-z0-9][a-z0-9-]{0,63}\/[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]/gu,
  // file names and paths
  new RegExp(
    '(?<![\\p{L}\\p{N}_/.-])(?:\\.{0,2}/)?(?:[\\w-]{1,32}/){0,8}' +
      `[\\w-]{1,64}\\.(?:${files})(?![\\p{L}\\p{N}_])`,
    'gu',
  ),
];

function entity(type: EntityType, text: string, start: number, normal = text): Entity {
  const folded = normal.toLowerCase().slice(0, normalCharsMax);
  return { type, text, normal: folded, start, end: start + text.length };
}

/** Emails and handles, both found from their @. */
function findAt(text: string): Entity[] {
  const found: Entity[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const local = localPart
      .exec(text.slice(Math.max(0, at - 64), at))?.[0]
      .replace(/^[._%+-]+/, '');
    const behind = text.slice(at + 1, at + 256);
    if (local !== undefined && local !== '') {
      const host = emailHost.exec(behind)?.[0];
      if (host === undefined) continue;
      found.push(entity('email', `${local}@${host}`, at - local.length));
      continue;
    }
    if (/[\p{L}\p{N}_@/.]/u.test(text.charAt(at - 1))) continue;
    const name = handleName.exec(behind)?.[0].replace(/[.-]+$/, '');
    if (name !== undefined && behind[name.length] !== '/')
      found.push(entity('handle', `@${name}`, at));
  }
  return found;
}

function findUrls(text: string): Entity[] {
  const found: Entity[] = [];
  for (const pattern of [url, bareHost]) {
    for (const match of text.matchAll(pattern)) {
      const written = match[0].replace(/[.,;:!?)\]}*_]{1,64}$/, '');
      const normal = written.replace(/^https?:\/\//i, '').replace(/^www\./i, '');
      found.push(entity('url', written, match.index, normal.replace(/\/$/, '')));
    }
  }
  return found;
}

function findCode(text: string): Entity[] {
  const found: Entity[] = [];
  for (const pattern of code) {
    for (const match of text.matchAll(pattern)) {
      const inner = match[1];
      const start = match.index + (inner === undefined ? 0 : 1);
      found.push(entity('code', inner ?? match[0], start));
    }
  }
  return found;
}

/** Emails and URLs first: what stands inside them is no handle and no identifier. */
export function findAddresses(text: string): Entity[] {
  const at = findAt(text);
  const emails = at.filter((found) => found.type === 'email');
  const handles = at.filter((found) => found.type === 'handle');
  return [...emails, ...findUrls(text), ...handles, ...findCode(text)];
}
