/**
 * What recalls have handed out lately, so that a text which only repeats it is known as an echo.
 * In memory, bounded and lossy: after a restart nothing counts as handed out.
 */
import { limits } from '../../domain/limits.ts';
import type { Memory, MemoryId, NamespaceName, TenantId } from '../../domain/memory.ts';
import { indexedText } from '../../domain/store-rules.ts';
import type { Clock } from '../../ports/clock.ts';
import { once } from '../../util/once.ts';
import { findEcho, type Said, sentencesOf } from './find-echo.ts';

interface Entry {
  /** Null for a question: what was asked is the asker's own. */
  readonly id: MemoryId | null;
  readonly at: number;
  readonly bytes: number;
  /** Found at the first store after it, so that a recall costs next to nothing. */
  readonly sentences: () => ReadonlySet<string>;
}

/** The oldest first. */
type Space = Map<string, Entry>;

export class HandedOut {
  readonly #clock: Clock;
  /** The one that was longest not used first. */
  readonly #spaces = new Map<string, Space>();
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** After a recall or a context. */
  note(
    tenant: TenantId,
    namespace: NamespaceName,
    query: string,
    memories: readonly Pick<Memory, 'id' | 'body'>[],
  ): void {
    const space = this.#use(nameOf(tenant, namespace));
    this.#add(space, `?${query}`, null, query);
    for (const { id, body } of memories) this.#add(space, id, id, indexedText(body));
    this.#trim(space);
  }

  /**
   * The memory that a text repeats: at least four fifths of its words stand in whole sentences
   * that were handed out, and the asker had not said them in a question.
   */
  echoOf(tenant: TenantId, namespace: NamespaceName, text: string): MemoryId | undefined {
    const space = this.#spaces.get(nameOf(tenant, namespace));
    if (!space) return undefined;
    const oldest = this.#clock.now() - limits.echoKeptMs;
    for (const [name, { at }] of space) if (at < oldest) this.#drop(space, name);
    const said: Said[] = [...space.values()].map(({ id, sentences }) => ({
      id,
      sentences: sentences(),
    }));
    return findEcho(text, said);
  }

  /** After a forget: nothing of the namespace stays here. */
  clear(tenant: TenantId, namespace: NamespaceName): void {
    const name = nameOf(tenant, namespace);
    const space = this.#spaces.get(name);
    if (space) this.#dropSpace(name, space);
  }

  #use(name: string): Space {
    const space: Space = this.#spaces.get(name) ?? new Map();
    this.#spaces.delete(name);
    this.#spaces.set(name, space);
    return space;
  }

  #add(space: Space, name: string, id: MemoryId | null, text: string): void {
    this.#drop(space, name);
    // The text and the sentences that are made of it, in UTF-16.
    const bytes = 4 * text.length + name.length;
    const sentences = once(() => new Set(sentencesOf(text).map((words) => words.join(' '))));
    space.set(name, { id, at: this.#clock.now(), bytes, sentences });
    this.#bytes += bytes;
  }

  #trim(used: Space): void {
    for (const [name, space] of this.#spaces) {
      if (this.#bytes <= limits.echoBytesMax || space === used) break;
      this.#dropSpace(name, space);
    }
    for (const name of used.keys()) {
      if (used.size <= limits.echoEntriesMax && this.#bytes <= limits.echoBytesMax) break;
      this.#drop(used, name);
    }
  }

  #drop(space: Space, name: string): void {
    this.#bytes -= space.get(name)?.bytes ?? 0;
    space.delete(name);
  }

  #dropSpace(name: string, space: Space): void {
    for (const entry of space.keys()) this.#drop(space, entry);
    this.#spaces.delete(name);
  }
}

function nameOf(tenant: TenantId, namespace: NamespaceName): string {
  return `${tenant}\n${namespace}`;
}
