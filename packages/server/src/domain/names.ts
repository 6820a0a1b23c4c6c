/** Names that come from outside: namespaces, keys, tags and labels. */
import { utf8Length } from '../util/utf8.ts';
import { type ErrorCode, MemoryError } from './errors.ts';
import { limits } from './limits.ts';
import type { NamespaceName } from './memory.ts';

/** Where memories go when no namespace is named. */
export const defaultNamespace = 'default' as NamespaceName;

/** NFC, 1 to 256 bytes, no control characters, no lone surrogates. Throws invalid_namespace. */
export function parseNamespace(name: string): NamespaceName {
  return checkName(
    name,
    limits.namespaceBytesMax,
    'invalid_namespace',
    'namespace',
  ) as NamespaceName;
}

/** NFC, 1 to 512 bytes, no control characters. Throws invalid_key. */
export function parseKey(key: string): string {
  return checkName(key, limits.keyBytesMax, 'invalid_key', 'key');
}

/** A tag, type or speaker: the same rule, 256 bytes. Throws invalid_request naming the field. */
export function parseLabel(label: string, field: string): string {
  return checkName(label, limits.labelBytesMax, 'invalid_request', field);
}

/** A label without the spaces around it. */
export function parseTag(tag: string, field: string): string {
  return parseLabel(tag.trim(), field);
}

/** With the u flag a pair is one code point, so only lone halves match. */
const loneSurrogate = /\p{Surrogate}/u;

function checkName(name: string, bytesMax: number, code: ErrorCode, field: string): string {
  const normal = name.normalize('NFC');
  const details = { field };
  if (normal.length === 0) throw new MemoryError(code, `${field} is empty.`, { details });
  if (utf8Length(normal) > bytesMax) {
    throw new MemoryError(code, `${field} is longer than ${bytesMax} bytes.`, { details });
  }
  if (loneSurrogate.test(normal) || hasControl(normal)) {
    const message = `${field} has a control character or a broken surrogate pair.`;
    throw new MemoryError(code, message, { details });
  }
  return normal;
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}
