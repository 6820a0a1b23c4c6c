/** What the fuzzer has learned from answers, to name things that are there. */
import { pick, type Random } from '../lib/random.ts';

const keptMax = 300;
const idForm = /^([a-z]+)_[\w-]+$/;

export class Known {
  readonly namespaces = ['default', 'fuzz', 'notes', 'Zürich 1', 'a/b?c#d%'];
  /** Keys that were made on the way, with whatever they may do. */
  readonly keys: string[] = [];
  /** By what they begin with: `mem`, `snap`. */
  readonly #ids = new Map<string, string[]>();
  readonly #cursors: string[] = [];
  /** Ids that the fuzzer must not learn: without them it would lock itself out. */
  readonly #spared: ReadonlySet<string>;

  constructor(spared: Iterable<string>) {
    this.#spared = new Set(spared);
  }

  /** One that is there, as a rule of the kind that is meant. */
  id(random: Random, kind: string): string {
    const kinds = [...this.#ids.keys()];
    const chosen = random() < 0.9 || kinds.length === 0 ? kind : pick(random, kinds);
    const known = this.#ids.get(chosen);
    return known === undefined || random() < 0.05
      ? pick(random, [`${kind}_018f0000-0000-7000-8000-000000000000`, `${kind}_`, 'x', '1'])
      : pick(random, known);
  }

  cursor(random: Random): string {
    return this.#cursors.length > 0 ? pick(random, this.#cursors) : 'eyJhIjoxfQ';
  }

  /** Looks through the first things of an answer. */
  learn(answer: unknown, depth = 0): void {
    if (typeof answer !== 'object' || answer === null || depth > 4) return;
    for (const [name, value] of Object.entries(answer)) {
      if (typeof value === 'string') this.#take(name, value);
      else if (Array.isArray(value))
        for (const one of value.slice(0, 5)) this.learn(one, depth + 1);
      else this.learn(value, depth + 1);
    }
  }

  #take(name: string, value: string): void {
    if (this.#spared.has(value) || value.length > 2_000) return;
    if (name === 'key' && value.startsWith('sk-rev-')) keep(this.keys, value);
    if (name.endsWith('cursor')) keep(this.#cursors, value);
    const kind = name === 'id' ? idForm.exec(value)?.[1] : undefined;
    if (kind === undefined) return;
    const ids = this.#ids.get(kind) ?? [];
    this.#ids.set(kind, ids);
    keep(ids, value);
  }
}

function keep(list: string[], value: string): void {
  list.push(value);
  if (list.length > keptMax) list.shift();
}
