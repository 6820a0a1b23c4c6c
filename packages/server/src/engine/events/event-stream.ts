/** The events of one namespace as they happen, from any change on: nothing is held for a reader. */
import { MemoryError } from '../../domain/errors.ts';
import { type EventPattern, type MemoryEvent, wantsEvent } from '../../domain/events.ts';
import { limits } from '../../domain/limits.ts';
import type { Memory, NamespaceName } from '../../domain/memory.ts';
import type { NamespaceInfo, RecordsPort } from '../../ports/records.ts';
import { Bell } from '../../util/bell.ts';
import { fairTurns } from '../../util/fair-turns.ts';
import { createTurns } from '../../util/turns.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';
import type { ChangeFeed } from './change-feed.ts';
import { type EventSource, memoryOfEvent, readEvents } from './read-events.ts';

export interface StreamRequest {
  readonly namespace: NamespaceName;
  readonly types: readonly EventPattern[];
  /** The cursor of the last item that was received; `0` for everything; absent: from now on. */
  readonly after?: string | undefined;
}

export type StreamItem =
  | {
      readonly kind: 'event';
      readonly event: MemoryEvent;
      readonly memory: Memory | undefined;
      readonly cursor: string;
    }
  /** What was before cannot be told: the reader has to look at the namespace anew. */
  | { readonly kind: 'reset'; readonly reason: ResetReason; readonly cursor: string }
  /** Nothing has happened; the stream is alive. */
  | { readonly kind: 'beat'; readonly cursor: string }
  | { readonly kind: 'end'; readonly code: MemoryError['code'] };

export type ResetReason = 'namespace_deleted' | 'cursor_unknown';

export interface EventStream {
  readonly items: AsyncGenerator<StreamItem, void, undefined>;
  /** Frees its place; the items end. */
  close(): void;
}

export interface StreamDeps {
  readonly records: RecordsPort;
  readonly feed: ChangeFeed;
  /** Streams of all tenants together. */
  readonly streamsMax: number;
  /** A stream ended with `internal`. */
  readonly onFault: (error: unknown) => void;
}

/** Names the last change that a reader has seen. */
interface Place {
  readonly no: number;
  readonly epoch: number;
  readonly seq: number;
}

const changesPerRead = 100;
const beatMs = 15_000;
/** Whether the key still works is asked so often: it is a look into a map. */
const checkMs = 1_000;

export class EventStreams {
  readonly #deps: StreamDeps;
  readonly #open = new Set<{ readonly scope: Scope; end(code: MemoryError['code']): void }>();
  #isEnding = false;

  constructor(deps: StreamDeps) {
    this.#deps = deps;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Throws permission_denied, invalid_cursor and too_many_streams. */
  async open(scope: Scope, request: StreamRequest): Promise<EventStream> {
    const records = openRecords(this.#deps, scope);
    const after = request.after === undefined ? undefined : parseCursor(request.after);
    const info = await records.namespace(request.namespace);
    this.#requirePlace(scope);
    const ended = new AbortController();
    let code: MemoryError['code'] | undefined;
    const entry = {
      scope,
      end: (why: MemoryError['code']) => {
        code ??= why;
        ended.abort();
      },
    };
    this.#open.add(entry);
    const bell = new Bell(ended.signal);
    const unfollow = this.#deps.feed.follow(scope.tenant, (changed) => {
      if (changed === undefined || changed.namespace === request.namespace) bell.ring();
    });
    const close = (): void => {
      unfollow();
      this.#open.delete(entry);
      ended.abort();
    };
    const run = new StreamRun({ records, scope, request, bell, ended: ended.signal }, info, after);
    const onFault = (error: unknown): MemoryError['code'] => {
      if (MemoryError.isInstance(error)) return error.code;
      this.#deps.onFault(error);
      return 'internal';
    };
    return { items: closing(run.items(), { close, endCode: () => code, onFault }), close };
  }

  /** Every stream ends with an item that says so. */
  end(): void {
    this.#isEnding = true;
    for (const entry of [...this.#open]) entry.end('shutting_down');
  }

  #requirePlace({ tenant, actor }: Scope): void {
    if (this.#isEnding) throw new MemoryError('shutting_down');
    const scopes = [...this.#open].map(({ scope }) => scope);
    const ofTenant = scopes.filter((scope) => scope.tenant === tenant);
    const ofKey = ofTenant.filter((scope) => scope.actor === actor);
    const isFull =
      scopes.length >= this.#deps.streamsMax ||
      ofTenant.length >= limits.streamsPerTenantMax ||
      ofKey.length >= limits.streamsPerKeyMax;
    if (isFull) throw new MemoryError('too_many_streams');
  }
}

interface Ending {
  readonly close: () => void;
  readonly endCode: () => MemoryError['code'] | undefined;
  readonly onFault: (error: unknown) => MemoryError['code'];
}

/** An error of the stream becomes its last item. */
async function* closing(
  items: AsyncGenerator<StreamItem, void, undefined>,
  { close, endCode, onFault }: Ending,
): AsyncGenerator<StreamItem, void, undefined> {
  try {
    yield* items;
    const code = endCode();
    if (code) yield { kind: 'end', code };
  } catch (error) {
    yield { kind: 'end', code: onFault(error) };
  } finally {
    close();
  }
}

interface RunParts {
  readonly records: EventSource['records'];
  readonly scope: Scope;
  readonly request: StreamRequest;
  readonly bell: Bell;
  readonly ended: AbortSignal;
}

class StreamRun {
  readonly #parts: RunParts;
  readonly #firstInfo: NamespaceInfo | undefined;
  readonly #after: Place | 'start' | undefined;
  /** Undefined while there is no such namespace. */
  #place: Place | undefined;
  /** There is more to be read. */
  #isBehind = false;

  constructor(
    parts: RunParts,
    info: NamespaceInfo | undefined,
    after: Place | 'start' | undefined,
  ) {
    this.#parts = parts;
    this.#firstInfo = info;
    this.#after = after;
  }

  async *items(): AsyncGenerator<StreamItem, void, undefined> {
    const { bell, ended, scope } = this.#parts;
    yield* this.#begin();
    for (let toldAt = performance.now(); !ended.aborted; ) {
      scope.requireStill?.();
      let isQuiet = true;
      for await (const item of this.#turn()) {
        isQuiet = false;
        toldAt = performance.now();
        yield item;
      }
      if (!isQuiet || this.#isBehind || ended.aborted) continue;
      if (performance.now() - toldAt >= beatMs) {
        toldAt = performance.now();
        yield { kind: 'beat', cursor: this.#cursor };
      }
      await bell.wait(checkMs);
    }
  }

  *#begin(): Generator<StreamItem, void, undefined> {
    const info = this.#firstInfo;
    const after = this.#after;
    this.#place = info && placeIn(info, info.seq);
    if (after === 'start') this.#place = info && placeIn(info, 0);
    else if (after !== undefined && info && isSame(info, after) && after.seq <= info.seq) {
      this.#place = after;
    } else if (after !== undefined) {
      yield { kind: 'reset', reason: 'cursor_unknown', cursor: this.#cursor };
    }
    // The reader knows at once that it is heard, and from where on.
    yield { kind: 'beat', cursor: this.#cursor };
  }

  /** What is new, as far as one read goes. */
  async *#turn(): AsyncGenerator<StreamItem, void, undefined> {
    const { records, scope, request } = this.#parts;
    const { namespace } = request;
    const info = await records.namespace(namespace);
    this.#isBehind = false;
    const isOther = this.#place !== undefined && info?.no !== this.#place.no;
    // One that was made after the stream began is told from its first change.
    const place = info && this.#place && !isOther ? this.#place : startOf(info, isOther);
    this.#place = place;
    if (isOther) yield { kind: 'reset', reason: 'namespace_deleted', cursor: this.#cursor };
    if (!info || !place || place.seq >= info.seq) return;
    const { tenant, access } = scope;
    const source = { records, access, tenant, namespace, namespaceNo: info.no };
    await fairTurns.enter(tenant);
    const turns = createTurns(tenant);
    const { events, through } = await readEvents(source, place.seq, changesPerRead);
    for (const event of events) {
      if (!wantsEvent(request.types, event.type)) continue;
      if (turns.due()) await turns.next();
      scope.requireStill?.();
      const isGone = event.type === 'memory.deleted';
      const memory = isGone ? undefined : await memoryOfEvent(records, event);
      this.#place = placeIn(info, event.seq);
      // What was forgotten a moment ago is told as deleted only.
      if (memory === undefined && !isGone) continue;
      yield { kind: 'event', event, memory, cursor: this.#cursor };
    }
    this.#place = placeIn(info, through);
    this.#isBehind = through < info.seq;
  }

  get #cursor(): string {
    if (!this.#place) return '0-0';
    const { no, epoch, seq } = this.#place;
    return `${no}-${seq}-${epoch}`;
  }
}

function startOf(info: NamespaceInfo | undefined, isOther: boolean): Place | undefined {
  return info && placeIn(info, isOther ? info.seq : 0);
}

const placeIn = ({ no, epoch }: NamespaceInfo, seq: number): Place => ({ no, epoch, seq });

/** Whether a number of a change means the same in both. */
const isSame = (a: Pick<Place, 'no' | 'epoch'>, b: Pick<Place, 'no' | 'epoch'>): boolean =>
  a.no === b.no && a.epoch === b.epoch;

/** Throws invalid_cursor. */
function parseCursor(text: string): Place | 'start' {
  // Of a stream that began before the namespace was there.
  if (text === '0' || text === '0-0') return 'start';
  // The third part came later; until then every namespace was in its first epoch.
  const [, no, seq, epoch = 1] = /^(\d{1,15})-(\d{1,15})(?:-(\d{1,15}))?$/.exec(text) ?? [];
  if (no === undefined || seq === undefined) throw new MemoryError('invalid_cursor');
  return { no: Number(no), epoch: Number(epoch), seq: Number(seq) };
}
