/** An empty question asks for what is new: the newest memories in order. */

import type { NamespaceInfo } from '../../ports/records.ts';
import { invariant } from '../../util/invariant.ts';
import type { EngineDeps } from '../deps.ts';
import type { Scope } from '../scope.ts';
import type { RecallFilter } from './filter.ts';
import { matchingOrdinals } from './matching.ts';
import type { Order, Ranked } from './rank.ts';

/** What all of them have in common: nothing was asked, so nothing matched. */
const alike: Omit<Ranked, 'ordinal'> = {
  score: 1,
  signals: { vector: 0, text: 0, entity: 0 },
  matched: { terms: [], entities: [] },
  passage: 0,
  thread: 0,
  threadPlace: 0,
};

export async function newestFirst(
  deps: EngineDeps,
  scope: Scope,
  info: NamespaceInfo,
  request: { readonly filter: RecallFilter; readonly limit: number },
): Promise<Order> {
  const { filter, limit } = request;
  const ordinals = await matchingOrdinals(deps, scope, info, filter, { order: 'desc', limit });
  return {
    count: ordinals.length,
    score: () => 1,
    at: (position) => {
      const ordinal = ordinals[position];
      invariant(ordinal !== undefined, 'the position is within the ranking');
      return { ordinal, ...alike };
    },
  };
}
