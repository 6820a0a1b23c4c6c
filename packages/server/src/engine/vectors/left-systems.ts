/**
 * Systems that the store has left while they had vectors of it. Nobody brings them anything any
 * more, nor takes anything out; so what is forgotten from then on is not erased before they are
 * emptied.
 */
import { createHash } from 'node:crypto';
import type { ControlPort } from '../../ports/control.ts';
import type { VectorPlace } from '../../ports/vector-index.ts';
import {
  feedKey,
  feedsPrefix,
  listFeeds,
  placeKey,
  placesIn,
  type VectorFeedState,
  vectorsPrefix,
} from './feed-document.ts';

const prefix = `${vectorsPrefix}left/`;

/** What was erased: with this change, or (`isGone`) with its namespace. */
export interface ErasedAt {
  readonly seq: number;
  readonly isGone: boolean;
}

export type KnownPlace = ReturnType<typeof placesIn>[number];

type PlaceNumbers = Omit<VectorPlace, 'tenant'>;

/** A system, by its words and by what it calls itself: an address may change. */
export interface SystemNames {
  readonly system: string;
  /** Undefined where it has nothing of the store. */
  readonly identity: string | undefined;
}

export const isSameSystem = (one: SystemNames, other: SystemNames): boolean =>
  one.system === other.system || (one.identity !== undefined && one.identity === other.identity);

/** `state`: how far the place was there. */
export async function noteLeft(
  control: ControlPort,
  place: PlaceNumbers,
  state: VectorFeedState,
): Promise<void> {
  const key = leftKey(place, state.system);
  const known = await control.get(key);
  await control.putIfVersion(key, JSON.stringify(state), known?.version ?? 0);
}

/** Of all namespaces, or of one. */
export async function listLeft(control: ControlPort, namespaceNo?: number) {
  const within = namespaceNo === undefined ? '' : `${namespaceNo}/`;
  return placesIn(await control.list(prefix + within), prefix);
}

/** The place has nothing in the system any more. */
export async function forgetLeft(
  control: ControlPort,
  place: PlaceNumbers,
  system: SystemNames,
): Promise<void> {
  for (const left of await listLeft(control, place.namespaceNo)) {
    const isMeant = placeKey(left.place) === placeKey(place);
    if (isMeant && isSameSystem(left.state, system)) await control.delete(left.key);
  }
}

/** Nothing is in the system any more: of how many places that was not known before. */
export async function forgetSystem(control: ControlPort, system: SystemNames): Promise<number> {
  let places = 0;
  for (const { place, state } of await listFeeds(control)) {
    if (isSameSystem(state, system) && (await control.delete(feedKey(place)))) places += 1;
  }
  for (const { key, state } of await listLeft(control)) {
    if (isSameSystem(state, system) && (await control.delete(key))) places += 1;
  }
  return places;
}

/** Places of all systems, the one in use and those that were left. */
export async function listPlaces(control: ControlPort): Promise<readonly KnownPlace[]> {
  const documents = await control.list(vectorsPrefix);
  return [...placesIn(documents, feedsPrefix), ...placesIn(documents, prefix)];
}

/** Systems of them that may still have vectors of what was erased. */
export function keepersOf(
  places: readonly KnownPlace[],
  namespaceNo: number,
  { seq, isGone }: ErasedAt,
): string[] {
  const keeping = places.filter(({ place, state }) => {
    const isBehind = state.phase !== 'follow' || state.late !== undefined || state.seq < seq;
    return place.namespaceNo === namespaceNo && (isGone || isBehind);
  });
  return [...new Set(keeping.map(({ state }) => state.system))];
}

function leftKey(place: PlaceNumbers, system: string): string {
  const name = createHash('sha256').update(system).digest('hex').slice(0, 16);
  return `${prefix}${placeKey(place)}/${name}`;
}
