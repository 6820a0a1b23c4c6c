/**
 * What filters read of the content of a part's passages: texts and paths as numbers, and equal
 * sets of values once. A part without such values has no table.
 */
import { walkMetadata } from '../domain/filter/walk-metadata.ts';
import type { JsonValue } from '../domain/memory.ts';
import { type EntryOrder, orderByNode } from './entry-order.ts';
import { decodeSections, encodeSections } from './sections.ts';
import type { Attributes } from './types.ts';

/** The low bits of an entry's type; what stands in a list has `listed` too. */
export const attributeType = {
  text: 1,
  number: 2,
  flag: 3,
  nested: 4,
  mask: 7,
  listed: 8,
} as const;

const magic = 'RVAT';
/** V8's header and pointer of a string, in bytes. */
const textOverhead = 32;

/** One value at one path. `value` is a number, a text's place, or 0 and 1. */
interface Entry {
  readonly node: number;
  readonly type: number;
  readonly value: number;
}

/** How to find what is there already; made again when something is added to a loaded table. */
interface Known {
  readonly texts: Map<string, number>;
  readonly nodes: Map<string, number>;
  /** The newest set of each hash. */
  readonly sets: Map<number, number>;
}

export class AttributeTable {
  /** Names and values; erased ones are gone once the table is made again. */
  texts: string[] = [];
  /** Set of each passage; set 0 is empty. */
  setOf: Uint16Array;
  /** Nodes of the tree of names; node 0 is its root. */
  #parents = [0];
  #names = [0];
  /** Where each set starts among the entries; one more than sets. */
  #starts = [0, 0];
  #nodes: Uint32Array = new Uint32Array(8);
  #types: Uint8Array = new Uint8Array(8);
  #values: Float64Array = new Float64Array(8);
  #known: Known | null = null;
  /** Made by the first filter after a change. */
  #order: EntryOrder | null = null;
  #textBytes = 0;

  constructor(capacity: number) {
    this.setOf = new Uint16Array(capacity);
  }

  get sets(): number {
    return this.#starts.length - 1;
  }

  get bytes(): number {
    const arrays = this.setOf.byteLength + this.#nodes.length * (4 + 1 + 8);
    const lists = (this.#parents.length * 2 + this.#starts.length) * 8;
    const known = this.#known === null ? 0 : (this.texts.length + this.sets) * textOverhead;
    const order = this.#order === null ? 0 : this.#order.entries.length * (4 + 2);
    return arrays + lists + this.#textBytes + known + order;
  }

  add(local: number, attributes: Attributes): void {
    const entries: Entry[] = [];
    const root: JsonValue = { ...attributes };
    walkMetadata(root, {
      value: (path, value, inList) => entries.push(this.#entry(path, value, inList)),
      nested: (path) =>
        entries.push({ node: this.#node(path), type: attributeType.nested, value: 0 }),
    });
    this.setOf[local] = this.#set(entries);
  }

  /** A table of the passages that are kept, with nothing left of the others; null when empty. */
  only(keep: (local: number) => boolean, count: number): AttributeTable | null {
    const table = new AttributeTable(this.setOf.length);
    const moved = new Map<number, number>([[0, 0]]);
    for (let local = 0; local < count; local += 1) {
      const set = this.setOf[local] ?? 0;
      if (set === 0 || !keep(local)) continue;
      const known = moved.get(set) ?? table.#set(this.#entriesOf(set, table));
      moved.set(set, known);
      table.setOf[local] = known;
    }
    table.settle();
    return table.sets > 1 ? table : null;
  }

  /** Nothing more is expected: gives back what only adding needs. */
  settle(): void {
    this.#known = null;
  }

  /** The nodes whose names in NFC, joined by dots, are the field. */
  nodesOf(field: string): number[] {
    const found: number[] = [];
    for (let node = 1; node < this.#parents.length; node += 1) {
      if (this.#isAt(node, field)) found.push(node);
    }
    return found;
  }

  /** Read, never written: entries as they stand, and in which order their nodes have them. */
  get entries() {
    this.#order ??= orderByNode(this.#starts, this.#nodes, this.#parents.length);
    return { order: this.#order, types: this.#types, values: this.#values };
  }

  /** Calls `use` with every entry of the set. */
  visit(set: number, use: (node: number, type: number, value: number) => void): void {
    const end = this.#starts[set + 1] ?? 0;
    for (let i = this.#starts[set] ?? 0; i < end; i += 1) {
      use(this.#nodes[i] ?? 0, this.#types[i] ?? 0, this.#values[i] ?? 0);
    }
  }

  encode(identity: number): Uint8Array {
    const end = this.#starts.at(-1) ?? 0;
    return encodeSections({ magic, identity }, [
      // JSON keeps texts whole that are no valid UTF-16.
      Buffer.from(JSON.stringify(this.texts)),
      Uint32Array.from(this.#parents),
      Uint32Array.from(this.#names),
      Uint32Array.from(this.#starts),
      this.#nodes.subarray(0, end),
      this.#types.subarray(0, end),
      this.#values.subarray(0, end),
      this.setOf,
    ]);
  }

  /** Throws an Error when the bytes are damaged. */
  static decode(stored: Uint8Array, capacity: number, identity: number): AttributeTable {
    // A view would keep the whole segment in memory.
    const sections = decodeSections({ magic, identity }, stored.slice(), 8);
    const [texts, parents, names, starts, nodes, types, values, setOf] = sections;
    if (!texts || !parents || !names || !starts || !nodes || !types || !values || !setOf) {
      throw new Error('The attributes lack a section.');
    }
    if (setOf.length !== capacity * 2) throw new Error('The attributes are of another capacity.');
    const table = new AttributeTable(0);
    const parsed: unknown = JSON.parse(Buffer.from(texts).toString());
    table.texts = Array.isArray(parsed) ? parsed.map(String) : [];
    table.#textBytes = table.texts.reduce((sum, text) => sum + sizeOf(text), 0);
    table.#parents = [...words(parents)];
    table.#names = [...words(names)];
    table.#starts = [...words(starts)];
    table.#nodes = words(nodes);
    table.#types = types;
    table.#values = new Float64Array(values.buffer, values.byteOffset, values.length / 8);
    table.setOf = new Uint16Array(setOf.buffer, setOf.byteOffset, capacity);
    return table;
  }

  #entry(path: readonly string[], value: string | number | boolean, inList: boolean): Entry {
    const listed = inList ? attributeType.listed : 0;
    const node = this.#node(path);
    if (typeof value === 'string') {
      return { node, type: attributeType.text | listed, value: this.#text(value) };
    }
    const type = typeof value === 'number' ? attributeType.number : attributeType.flag;
    return { node, type: type | listed, value: Number(value) };
  }

  /** The set's entries in the numbers of another table. */
  #entriesOf(set: number, table: AttributeTable): Entry[] {
    const entries: Entry[] = [];
    this.visit(set, (node, type, value) => {
      const isText = (type & attributeType.mask) === attributeType.text;
      const moved = isText ? table.#text(this.texts[value] ?? '') : value;
      entries.push({ node: table.#node(this.#path(node)), type, value: moved });
    });
    return entries;
  }

  #path(node: number): string[] {
    const path: string[] = [];
    for (let at = node; at !== 0; at = this.#parents[at] ?? 0) path.unshift(this.#name(at));
    return path;
  }

  #name(node: number): string {
    return this.texts[this.#names[node] ?? 0] ?? '';
  }

  #isAt(node: number, field: string): boolean {
    let end = field.length;
    for (let at = node; ; ) {
      const name = this.#name(at).normalize('NFC');
      if (!field.endsWith(name, end)) return false;
      end -= name.length;
      at = this.#parents[at] ?? 0;
      if (at === 0) return end === 0;
      if (end === 0 || field[end - 1] !== '.') return false;
      end -= 1;
    }
  }

  #text(text: string): number {
    const { texts } = this.#knowing();
    const known = texts.get(text);
    if (known !== undefined) return known;
    this.texts.push(text);
    this.#textBytes += sizeOf(text);
    texts.set(text, this.texts.length - 1);
    return this.texts.length - 1;
  }

  #node(path: readonly string[]): number {
    const { nodes } = this.#knowing();
    let node = 0;
    for (const name of path) {
      const text = this.#text(name);
      const place = `${node} ${text}`;
      const known = nodes.get(place) ?? this.#parents.length;
      if (known === this.#parents.length) {
        this.#parents.push(node);
        this.#names.push(text);
        nodes.set(place, known);
      }
      node = known;
    }
    return node;
  }

  #set(entries: readonly Entry[]): number {
    if (entries.length === 0) return 0;
    const { sets } = this.#knowing();
    const hash = hashOf(entries);
    const known = sets.get(hash);
    if (known !== undefined && this.#isSet(known, entries)) return known;
    this.#append(entries);
    sets.set(hash, this.sets - 1);
    return this.sets - 1;
  }

  #isSet(set: number, entries: readonly Entry[]): boolean {
    let at = 0;
    let isSame = (this.#starts[set + 1] ?? 0) - (this.#starts[set] ?? 0) === entries.length;
    this.visit(set, (node, type, value) => {
      const entry = entries[at];
      at += 1;
      if (entry?.node !== node || entry.type !== type || entry.value !== value) isSame = false;
    });
    return isSame;
  }

  #append(entries: readonly Entry[]): void {
    const start = this.#starts.at(-1) ?? 0;
    const end = start + entries.length;
    this.#order = null;
    if (end > this.#nodes.length) this.#grow(Math.max(end, Math.ceil(this.#nodes.length * 1.5)));
    entries.forEach(({ node, type, value }, i) => {
      this.#nodes[start + i] = node;
      this.#types[start + i] = type;
      this.#values[start + i] = value;
    });
    this.#starts.push(end);
  }

  #grow(size: number): void {
    const [nodes, types] = [new Uint32Array(size), new Uint8Array(size)];
    const values = new Float64Array(size);
    nodes.set(this.#nodes);
    types.set(this.#types);
    values.set(this.#values);
    this.#nodes = nodes;
    this.#types = types;
    this.#values = values;
  }

  #knowing(): Known {
    if (this.#known !== null) return this.#known;
    const texts = new Map(this.texts.map((text, i) => [text, i]));
    const nodes = new Map<string, number>();
    for (let node = 1; node < this.#parents.length; node += 1) {
      nodes.set(`${this.#parents[node]} ${this.#names[node]}`, node);
    }
    const sets = new Map<number, number>();
    for (let set = 1; set < this.sets; set += 1) {
      const entries: Entry[] = [];
      this.visit(set, (node, type, value) => entries.push({ node, type, value }));
      sets.set(hashOf(entries), set);
    }
    this.#known = { texts, nodes, sets };
    return this.#known;
  }
}

function hashOf(entries: readonly Entry[]): number {
  let hash = 17;
  for (const { node, type, value } of entries) {
    // 31 and 1e3: small odd steps spread small numbers; a collision costs one look.
    hash = (Math.imul(hash, 31) + node) | 0;
    hash = (Math.imul(hash, 31) + type) | 0;
    hash = (Math.imul(hash, 31) + Math.trunc(value * 1e3)) | 0;
  }
  return hash;
}

function sizeOf(text: string): number {
  return text.length + textOverhead;
}

function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
