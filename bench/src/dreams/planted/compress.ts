/** Old threads and notes whose topics are known: what `compress` should sum up, and leave alone. */
import type { PlannedAction } from '../../../../packages/server/dist/domain/dream.js';
import { createRandom, integer, pick, type Random } from '../../lib/random.ts';
import type { Made, Planted, PlantedCase } from '../planted-case.ts';
import { chatter, days, noteTopics, people, places, turnTopics } from './compress-texts.ts';

/** What is said of one thing in one go; undefined for small talk and for what stays. */
interface Label {
  readonly topic: string | undefined;
  /** Names, amounts and days as they are written. */
  readonly named: readonly string[];
}

export interface MadeToCompress extends Made {
  /** Names, amounts and days of what was archived, and how many of them its summary still has. */
  kept(actions: readonly PlannedAction[]): { readonly named: number; readonly kept: number };
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Behind all that is planted: `snapshotOf` reads on 1 November 2026. */
const end = Date.UTC(2026, 8, 1);

export const compress: Omit<PlantedCase, 'make'> & {
  readonly make: (seed: number) => MadeToCompress;
} = { strategy: 'compress', make };

function make(seed: number): MadeToCompress {
  const random = createRandom(seed);
  const planted: Planted[] = [];
  const labels: Label[] = [];
  const add = (memory: Planted, label: Label): void => {
    planted.push(memory);
    labels.push(label);
  };
  const sittings = 12;
  let topics = 0;
  for (let sitting = 0; sitting < sittings; sitting += 1) {
    topics += plantSitting(random, sitting, end - (sittings - sitting) * 9 * dayMs, add);
  }
  topics += plantNotes(random, end - 120 * dayMs, add);
  plantRecent(random, add);
  return {
    memories: planted,
    score: (actions) => score(actions, labels, topics),
    kept: (actions) => kept(actions, labels),
  };
}

type Add = (memory: Planted, label: Label) => void;

const topicTurnsMin = 4;

/** A talk of three topics, small talk around them; what is pinned in it stays. */
function plantSitting(random: Random, sitting: number, start: number, add: Add): number {
  const speakers = picked(random, people, 2);
  const chosen = picked(random, turnTopics, 3);
  let at = start;
  const say = (text: string, label: Label, turn: number, more: Partial<Planted> = {}): void => {
    at += 60_000;
    const speaker = speakers[turn % 2] ?? '';
    add({ text, speaker, key: `talk-${sitting}`, occurredAt: at, ...more }, label);
  };
  say(pick(random, chatter), { topic: undefined, named: [] }, 0);
  for (const [place, { name, lines }] of chosen.entries()) {
    const topic = `${sitting} ${name}`;
    // Of different lengths, so that cutting every so many turns does not find them.
    const length = integer(random, topicTurnsMin, lines.length);
    for (const [turn, line] of lines.slice(0, length).entries()) {
      const { text, named } = filled(random, line);
      say(text, { topic, named }, turn + place);
    }
  }
  say('Remember that I am allergic to penicillin.', { topic: undefined, named: [] }, 0, {
    pinned: true,
  });
  say(pick(random, chatter), { topic: undefined, named: [] }, 1);
  return chosen.length;
}

/** Notes without a thread: a few topics, each over two weeks, among notes of their own. */
function plantNotes(random: Random, start: number, add: Add): number {
  const notes: { readonly at: number; readonly text: string; readonly label: Label }[] = [];
  for (const [place, { name, lines }] of noteTopics.entries()) {
    const from = start + place * 16 * dayMs;
    for (const line of lines) {
      const { text, named } = filled(random, line);
      const label = { topic: `note ${name}`, named };
      notes.push({ at: integer(random, from, from + 14 * dayMs), text, label });
    }
  }
  for (const text of chatter) {
    const label = { topic: undefined, named: [] };
    notes.push({ at: integer(random, start, start + 90 * dayMs), text, label });
  }
  notes.sort((a, b) => a.at - b.at);
  for (const { at, text, label } of notes) add({ text, occurredAt: at }, label);
  return noteTopics.length;
}

/** The newest 200, which stay. */
function plantRecent(random: Random, add: Add): void {
  for (let turn = 0; turn < 200; turn += 1) {
    const { lines } = pick(random, turnTopics);
    const { text, named } = filled(random, pick(random, lines));
    const occurredAt = end + turn * hourMs;
    const speaker = people[turn % 2] ?? '';
    add({ text, speaker, key: 'recent', occurredAt }, { topic: undefined, named });
  }
}

function picked<T>(random: Random, values: readonly T[], count: number): T[] {
  const left = [...values];
  return Array.from({ length: count }, () => {
    const [value] = left.splice(Math.floor(random() * left.length), 1);
    if (value === undefined) throw new Error('there is not so much to choose from');
    return value;
  });
}

function filled(random: Random, line: string): { readonly text: string; readonly named: string[] } {
  const named: string[] = [];
  const text = line.replace(/\{(\w+)\}/g, (_, slot: string) => {
    const values = slotValues.get(slot);
    const value = values ? pick(random, values) : String(integer(random, 11, 890));
    named.push(value);
    return value;
  });
  return { text, named };
}

const slotValues: ReadonlyMap<string, readonly string[]> = new Map([
  ['person', people],
  ['place', places],
  ['day', days],
]);

/** Share of its topical sources that make a summary one of one topic. */
const pureMin = 0.8;

/** Right is one summary of each topic: a second one of the same is not. */
function score(actions: readonly PlannedAction[], labels: readonly Label[], expected: number) {
  const covered = new Set<string>();
  for (const { sources } of actions) {
    const counts = new Map<string, number>();
    for (const { id } of sources) {
      const topic = labelOf(labels, id)?.topic;
      if (topic !== undefined) counts.set(topic, (counts.get(topic) ?? 0) + 1);
    }
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    for (const [topic, count] of counts) if (count >= pureMin * all) covered.add(topic);
  }
  return { expected, found: actions.length, right: covered.size };
}

function kept(actions: readonly PlannedAction[], labels: readonly Label[]) {
  const count = { named: 0, kept: 0 };
  for (const { sources, add } of actions) {
    const named = new Set(sources.flatMap(({ id }) => labelOf(labels, id)?.named ?? []));
    count.named += named.size;
    for (const name of named) if (add?.value.includes(name)) count.kept += 1;
  }
  return count;
}

/** The ids of `snapshotOf` end in the place of the memory, from 1. */
function labelOf(labels: readonly Label[], id: string): Label | undefined {
  return labels[Number(id.slice(-12)) - 1];
}
