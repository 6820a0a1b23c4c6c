/** Finds forgets whose documents do not fit together. */

import type { TenantId } from '../../domain/memory.ts';
import {
  forgetKeys,
  forgetStates,
  parseForget,
  receiptsPrefix,
  type StoredForget,
} from './receipt.ts';

interface Document {
  readonly key: string;
  readonly value: string;
}

/** In words, without content. A crash at any time leaves documents that fit. */
export function forgetProblems(documents: readonly Document[]): string[] {
  const keys = new Set(documents.map(({ key }) => key));
  return documents.flatMap(({ key, value }) => {
    if (!key.startsWith(receiptsPrefix)) return [];
    const [encoded = '', id = ''] = key.slice(receiptsPrefix.length).split('/');
    const tenant = decodeURIComponent(encoded) as TenantId;
    const state = stateIn(value);
    if (state === undefined) return [`receipt ${id} cannot be read`];
    const waits = keys.has(forgetKeys.waiting(tenant, id));
    if (state === 'erased' || waits) return [];
    return [`receipt ${id} is ${state}, and nothing waits to erase it`];
  });
}

function stateIn(value: string): StoredForget['state'] | undefined {
  try {
    const { state } = parseForget(value);
    return forgetStates.find((known) => known === state);
  } catch {
    return undefined;
  }
}
