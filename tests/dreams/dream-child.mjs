/**
 * A process over a folder that fills it, dreams, applies or undoes, and that ends itself like
 * `kill -9` at one of its writes. What it found stands in one line of JSON.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const dist = (path) => import(new URL(`../../packages/server/dist/${path}.js`, import.meta.url));
const { openSqliteStore } = await dist('backends/sqlite/sqlite-store');
const { openEngine } = await dist('compose-engine');
const { openInstantModels } = await dist('compose-models');
const { loadSettings } = await dist('config/settings');
const { fullAccess } = await dist('domain/access');
const { parseNamespace } = await dist('domain/names');
const { createLog } = await dist('observe/log');
const { systemClock } = await dist('util/system-clock');

/** `killAt`: the number of the write. `delayMs`: after it was begun; absent: before. */
const { folder, phase, killAt = Infinity, delayMs } = JSON.parse(process.argv[2]);
const namespace = parseNamespace('ann');
const access = { access: fullAccess, requireStill: () => undefined };
const scope = { tenant: 'root', actor: 'root', ...access };
const turns = 60;

function hours(memories) {
  const groups = new Map();
  for (const memory of memories) {
    const hour = Math.floor(memory.occurredAt / 3_600_000);
    groups.set(hour, [...(groups.get(hour) ?? []), memory]);
  }
  return groups;
}
const ref = ({ id, version }) => ({ id, version });
const shared = { reason: 'Of one hour.', confidence: 0.9 };
/** They link the turns of each hour, and put one summary in their place. */
const strategies = [
  {
    id: 'associate',
    plan: async ({ memories }) =>
      [...hours(memories).values()].map(([first, ...rest]) => {
        const link = rest.map((one) => ({ from: ref(one), type: 'follows', to: ref(first) }));
        const update = [{ memory: ref(first), columns: { importance: 0.9 } }];
        const sources = [first, ...rest].map(ref);
        return { strategy: 'associate', ...shared, sources, link, update };
      }),
  },
  {
    id: 'compress',
    plan: async ({ memories }) =>
      [...hours(memories)].map(([hour, all]) => {
        const value = `${all.length} turns of the hour ${hour}.`;
        const add = { value, type: 'summary', subject: `${hour}`, occurredAt: all[0].occurredAt };
        const sources = all.map(ref);
        return { strategy: 'compress', ...shared, sources, archive: sources, add };
      }),
  },
];

const writing = new Set(['commit', 'keepReceipts', 'remove', 'putIfVersion', 'delete']);
let writes = 0;
let isArmed = false;

function mortal(part) {
  return new Proxy(part, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (name === 'open') return (...all) => mortal(member.apply(target, all));
      if (!writing.has(name)) return member.bind(target);
      return async (...all) => {
        const isLast = isArmed && writes++ === killAt;
        if (isLast && delayMs === undefined) process.kill(process.pid, 'SIGKILL');
        const done = member.apply(target, all);
        if (!isLast) return done;
        await sleep(delayMs);
        process.kill(process.pid, 'SIGKILL');
      };
    },
  });
}

/** Whoever looks comes later than the lease of the process that was killed. */
const lateMs = phase === 'look' ? 60_000 : 0;
const clock = { ...systemClock, now: () => systemClock.now() + lateMs };
const store = await openSqliteStore({ folder, clock });
const { engine, close } = await openEngine({
  settings: loadSettings({ REVERIE_DATA_DIR: folder, REVERIE_LOG_LEVEL: 'silent' }),
  ...{ records: mortal(store.records), control: mortal(store.control), share: undefined },
  ...{ models: openInstantModels(), clock, secret: new Uint8Array(32), log: createLog('silent') },
  ...{ strategies, scopeOf: () => scope },
});

async function canonical() {
  const { memories } = await engine.exportNamespace(scope, { namespace, history: false });
  const lines = [];
  for await (const { memory } of memories) {
    const { version, updatedAt, ordinal, seq, ...rest } = memory;
    lines.push(JSON.stringify(rest));
  }
  return lines.sort().join('\n');
}

const newest = async () => (await engine.dreams.list(scope, namespace, { limit: 1 }))[0];

async function dream(autoApply) {
  const budget = { memories: 1_000, tokens: 0, seconds: 60 };
  const wanted = { namespace, strategies: ['associate', 'compress'], budget, dryRun: false };
  const { id } = await engine.dreams.start(scope, { ...wanted, ...(autoApply && { autoApply }) });
  return engine.dreams.wait(scope, id, 30_000);
}

async function look() {
  await engine.dreams.watch();
  const found = await newest();
  if (!found) return { memories: await canonical() };
  const ended = await engine.dreams.wait(scope, found.id, 30_000);
  const actions = await engine.dreams.actions(scope, found.id);
  const { state, added, touched } = ended;
  const states = [...new Set(actions.map((action) => action.state))];
  const seen = { state, states, actions: actions.length, memories: await canonical() };
  return { ...seen, added: added.length, touched: touched.length };
}

/** What can still be done is done, and taken back. */
async function lookOn() {
  const seen = await look();
  const { id, state } = (await newest()) ?? (await dream());
  if (state === 'planned') await engine.dreams.apply(scope, id);
  if (state !== 'undone') await engine.dreams.undo(scope, id, false);
  return { ...seen, undone: await canonical() };
}

const phases = {
  async fill() {
    for (let i = 0; i < turns; i += 1) {
      const said = { value: `Turn ${i} of a long talk.`, key: 'talk', kind: 'episode' };
      await engine.store(scope, namespace, { ...said, occurredAt: i * 600_000 });
    }
    return { memories: await canonical() };
  },
  plan: () => dream(),
  dream: () => dream({ confidence: 0 }),
  apply: async () => engine.dreams.apply(scope, (await newest()).id),
  undo: async () => engine.dreams.undo(scope, (await newest()).id, false),
  look: lookOn,
};

isArmed = true;
const answer = await phases[phase]();
isArmed = false;
writeSync(1, `${JSON.stringify({ answer, writes })}\n`);
await close();
await store.records.close();
