/** One erasure as a line of the list: JSON that carries the checksum of what stands before it. */
import { createHash } from 'node:crypto';
import type { Erasure } from '../../ports/erasures.ts';

/** 64 bits: enough to tell damage, and nobody forges a list of their own. */
const sumHexChars = 16;
const pattern = /^(\{.*),"sum":"([0-9a-f]{16})"\}$/;

interface Written {
  readonly at: string;
  readonly tenant: string;
  readonly namespace_no: number;
  readonly namespace_hash: string;
  readonly receipt: string;
  readonly selector: string;
  readonly asked_at: string;
  readonly memories: readonly string[];
  readonly derived: readonly string[];
  readonly namespace_gone?: true;
}

/** The same erasure always gives the same line, without its line break. */
export function encodeErasure(erasure: Erasure): string {
  const written: Written = {
    at: new Date(erasure.at).toISOString(),
    tenant: erasure.tenant,
    namespace_no: erasure.namespaceNo,
    namespace_hash: erasure.namespaceHash,
    receipt: erasure.receipt,
    selector: erasure.selector,
    asked_at: new Date(erasure.askedAt).toISOString(),
    memories: erasure.named,
    derived: erasure.derived,
    ...(erasure.namespaceGone && { namespace_gone: true }),
  };
  const text = JSON.stringify(written).slice(0, -1);
  return `${text},"sum":"${sumOf(text)}"}`;
}

/** Undefined for a line that was cut or damaged. */
export function decodeErasure(line: string): Erasure | undefined {
  const [, text, sum] = pattern.exec(line) ?? [];
  if (text === undefined || sumOf(text) !== sum) return undefined;
  // The checksum says that it was written here.
  const written = JSON.parse(`${text}}`) as Written;
  return {
    at: Date.parse(written.at),
    tenant: written.tenant as Erasure['tenant'],
    namespaceNo: written.namespace_no,
    namespaceHash: written.namespace_hash as Erasure['namespaceHash'],
    receipt: written.receipt,
    selector: written.selector,
    askedAt: Date.parse(written.asked_at),
    named: written.memories as Erasure['named'],
    derived: written.derived as Erasure['derived'],
    ...(written.namespace_gone && { namespaceGone: true }),
  };
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, sumHexChars);
}
