/** What is known of the vectors of a namespace and generation in the system that searches them. */
import type { TenantId } from '../../domain/memory.ts';
import type { ControlDocument, ControlPort } from '../../ports/control.ts';
import type { VectorPlace } from '../../ports/vector-index.ts';
import { decodeRanges, encodeRanges } from '../../util/number-ranges.ts';

/**
 * `drop`: what is there is of no use and goes first. `fill`: rows are put, up to `filled`.
 * `follow`: everything up to `seq` and `arrivals` is there.
 */
export interface VectorFeedState {
  readonly tenant: TenantId;
  /** Of the system that they are in. */
  readonly identity: string;
  /** Which one that is, in words: an address and a name, and no secret. */
  readonly system: string;
  readonly epoch: number;
  readonly phase: 'drop' | 'fill' | 'follow';
  /** The last ordinal that was put. */
  readonly filled: number;
  /** While it is filled: where the namespace stood when that began. */
  readonly seq: number;
  readonly arrivals: number;
  /** Who works at it, and until when nobody else does; `nobody` when nothing is under way. */
  readonly holder: FeedHolder;
  /** There while a call of somebody who fell silent may still be carried out. */
  readonly late?: LateRows;
}

export interface FeedHolder {
  readonly id: string;
  readonly until: number;
}

/** Rows that are brought once more, as they are then, when no such call can come any more. */
export interface LateRows {
  /** Ordinals as ranges. */
  readonly ordinals: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}

export const nobody: FeedHolder = { id: '', until: 0 };

export interface StoredFeed {
  readonly state: VectorFeedState;
  /** Of the document. */
  readonly version: number;
}

/** Of everything that the store knows of systems for vectors. */
export const vectorsPrefix = 'vectors/';
/** Of places in the system that is in use. */
export const feedsPrefix = `${vectorsPrefix}feeds/`;

/** Names the store in systems that keep vectors, so that two stores never share one place. */
export const vectorStoreKey = `${vectorsPrefix}store`;

type PlaceNumbers = Omit<VectorPlace, 'tenant'>;

export const placeKey = ({ namespaceNo, generation }: PlaceNumbers): string =>
  `${namespaceNo}/${generation}`;

export const feedKey = (place: PlaceNumbers): string => feedsPrefix + placeKey(place);

export async function readFeed(
  control: ControlPort,
  place: PlaceNumbers,
): Promise<StoredFeed | undefined> {
  const document = await control.get(feedKey(place));
  return document && { state: JSON.parse(document.value), version: document.version };
}

/** Undefined where somebody else was faster. */
export async function writeFeed(
  control: ControlPort,
  place: PlaceNumbers,
  state: VectorFeedState,
  version: number,
): Promise<StoredFeed | undefined> {
  const written = await control.putIfVersion(feedKey(place), JSON.stringify(state), version);
  return written === undefined ? undefined : { state, version: written };
}

/** Of all namespaces. */
export async function listFeeds(control: ControlPort) {
  return placesIn(await control.list(feedsPrefix), feedsPrefix);
}

/** What documents under a prefix say of places, by the numbers that their keys begin with. */
export function placesIn(documents: readonly ControlDocument[], under: string) {
  return documents
    .filter(({ key }) => key.startsWith(under))
    .map(({ key, value }) => {
      const [namespaceNo = 0, generation = 0] = key.slice(under.length).split('/').map(Number);
      const state: VectorFeedState = JSON.parse(value);
      return { key, place: { tenant: state.tenant, namespaceNo, generation }, state };
    });
}

/** Both together, not before the later one. */
export function joinLate(
  one: LateRows | undefined,
  ordinals: readonly number[],
  at: number,
): LateRows {
  const all = new Set([...decodeRanges(one?.ordinals ?? ''), ...ordinals]);
  const ranges = encodeRanges([...all].sort((a, b) => a - b));
  return { ordinals: ranges, at: Math.max(one?.at ?? 0, at) };
}
