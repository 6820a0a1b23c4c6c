/** What is known of the vectors of a namespace and generation in the system that searches them. */
import type { TenantId } from '../../domain/memory.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { VectorPlace } from '../../ports/vector-index.ts';

/**
 * `drop`: what is there is of no use and goes first. `fill`: rows are put, up to `filled`.
 * `follow`: everything up to `seq` and `arrivals` is there.
 */
export interface VectorFeedState {
  readonly tenant: TenantId;
  /** Of the system that they are in. */
  readonly identity: string;
  readonly epoch: number;
  readonly phase: 'drop' | 'fill' | 'follow';
  /** The last ordinal that was put. */
  readonly filled: number;
  /** While it is filled: where the namespace stood when that began. */
  readonly seq: number;
  readonly arrivals: number;
  /** Who works at it, and until when nobody else does. */
  readonly holder: { readonly id: string; readonly until: number };
}

export interface StoredFeed {
  readonly state: VectorFeedState;
  /** Of the document. */
  readonly version: number;
}

const prefix = 'vectors/feeds/';

/** Names the store in systems that keep vectors, so that two stores never share one place. */
export const vectorStoreKey = 'vectors/store';

export const feedKey = ({ namespaceNo, generation }: Omit<VectorPlace, 'tenant'>): string =>
  `${prefix}${namespaceNo}/${generation}`;

export async function readFeed(
  control: ControlPort,
  place: Omit<VectorPlace, 'tenant'>,
): Promise<StoredFeed | undefined> {
  const document = await control.get(feedKey(place));
  return document && { state: JSON.parse(document.value), version: document.version };
}

/** Undefined where somebody else was faster. */
export async function writeFeed(
  control: ControlPort,
  place: Omit<VectorPlace, 'tenant'>,
  state: VectorFeedState,
  version: number,
): Promise<StoredFeed | undefined> {
  const written = await control.putIfVersion(feedKey(place), JSON.stringify(state), version);
  return written === undefined ? undefined : { state, version: written };
}

/** Of all namespaces, or of one. */
export async function listFeeds(control: ControlPort, namespaceNo?: number) {
  const documents = await control.list(
    namespaceNo === undefined ? prefix : `${prefix}${namespaceNo}/`,
  );
  return documents.map(({ key, value }) => {
    const [no = 0, generation = 0] = key.slice(prefix.length).split('/').map(Number);
    const state: VectorFeedState = JSON.parse(value);
    return { place: { tenant: state.tenant, namespaceNo: no, generation }, state };
  });
}

/** Whether vectors of what was erased with the change may still be kept elsewhere. */
export async function mayKeepVectors(
  control: ControlPort,
  namespaceNo: number,
  { seq, isGone }: { readonly seq: number; readonly isGone: boolean },
): Promise<boolean> {
  const feeds = await listFeeds(control, namespaceNo);
  return feeds.some(({ state }) => isGone || state.phase !== 'follow' || state.seq < seq);
}
