/**
 * Ends the server with SIGKILL in the middle of writes, again and again on one folder, and checks
 * that every memory it acknowledged is still there, unchanged, and found by a search.
 */
import { rmSync } from 'node:fs';
import { type Item, search, storeBulk } from './lib/api.ts';
import { createClient, type JsonClient } from './lib/client.ts';
import { makeTempFolder } from './lib/environment.ts';
import { field, textField } from './lib/json.ts';
import { runPool } from './lib/pool.ts';
import { createRandom, integer, type Random } from './lib/random.ts';
import { type ServerProcess, startServer } from './lib/server.ts';
import { type Summary, summarize } from './lib/stats.ts';
import { createTextSource, inventedWord } from './load/text-source.ts';

export interface KillOptions {
  readonly rounds: number;
  /** Concurrent writers; 8 by default. */
  readonly writers?: number;
  readonly seed?: number;
  /** Called after each round, for progress. */
  readonly onRound?: (round: number, acknowledged: number) => void;
}

export interface KillReport {
  readonly rounds: number;
  readonly acknowledged: number;
  /** Ids that were acknowledged and cannot be read, or read back with another value. */
  readonly lost: readonly string[];
  /** Ids that were acknowledged and are not found by the word that only they contain. */
  readonly notFound: readonly string[];
  /** Writes refused while the server was up: none is expected. */
  readonly refused: readonly string[];
  /** From spawn to listening after each kill, milliseconds. */
  readonly restart: Summary;
}

interface Acknowledged {
  readonly id: string;
  readonly namespace: string;
  readonly value: string;
  readonly word: string;
}

const texts = createTextSource(11);
/** Acknowledged memories that a round should have before its kill. */
const ackMin = 40;

const serverKey = 'sk-bench-kill-rounds-000000000000';

/** Runs the rounds in a new temporary folder, which is removed afterwards. */
export async function killRounds(options: KillOptions): Promise<KillReport> {
  const dataDir = makeTempFolder('kill');
  const random = createRandom(options.seed ?? 1);
  const all: Acknowledged[] = [];
  const refused: string[] = [];
  const items = itemMaker();
  const damage = { lost: new Set<string>(), notFound: new Set<string>() };
  const restarts: number[] = [];
  let server = await startServer({ dataDir, key: serverKey });
  try {
    for (let round = 0; round < options.rounds; round += 1) {
      const written = await writeUntilKilled(server, {
        writers: options.writers ?? 8,
        random,
        refused,
        items,
      });
      all.push(...written);
      server = await startServer({ dataDir, key: serverKey });
      restarts.push(server.startMs);
      await verify(server, written, damage);
      options.onRound?.(round + 1, all.length);
    }
    // What survived its own round must also survive the later ones.
    await verify(server, all, damage);
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
  return {
    rounds: options.rounds,
    acknowledged: all.length,
    lost: [...damage.lost],
    notFound: [...damage.notFound],
    refused,
    restart: summarize(restarts),
  };
}

interface Writing {
  readonly writers: number;
  readonly random: Random;
  readonly refused: string[];
  readonly items: (writer: number) => Made;
}

interface Made {
  readonly value: string;
  readonly word: string;
  readonly item: Item;
}

/** Writers without a pause, and SIGKILL at a random moment, as a rule within a second. */
async function writeUntilKilled(
  server: ServerProcess,
  { writers, random, refused, items }: Writing,
): Promise<Acknowledged[]> {
  const client = createClient({ ...server, sockets: writers });
  const acknowledged: Acknowledged[] = [];
  let killed = false;
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; !killed; n += 1) {
      const namespace = `kill-${writer % 4}`;
      const count = n % 5 === 4 ? 10 : 1;
      const made = Array.from({ length: count }, () => items(writer));
      try {
        const ids = await storeAll(client, namespace, made);
        ids.forEach((id, index) => {
          const item = made[index];
          if (item !== undefined) acknowledged.push({ id, namespace, ...item });
        });
      } catch (error) {
        if (!killed) refused.push(error instanceof Error ? error.message : String(error));
        return;
      }
    }
  };
  const running = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  await pause(integer(random, 100, 900));
  // On a busy machine the first second may hold next to nothing to lose: wait for some, not long.
  for (let waited = 0; acknowledged.length < ackMin && waited < 10_000; waited += 20) {
    await pause(20);
  }
  killed = true;
  await server.kill();
  await running;
  client.close();
  return acknowledged;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Makes memories that each hold a word of their own. */
function itemMaker(): (writer: number) => Made {
  let made = 0;
  return (writer) => {
    made += 1;
    const word = inventedWord(1_000_000 + made);
    const value = `The word of this note is ${word}: ${texts.text(made)}`;
    // Writers of one namespace share a thread, so that a kill also meets growing threads.
    const item: Item =
      made % 3 === 0 ? { value, key: `thread-${writer % 4}`, mode: 'append' } : { value };
    return { value, word, item };
  };
}

async function storeAll(
  client: JsonClient,
  namespace: string,
  made: readonly Made[],
): Promise<string[]> {
  const [first] = made;
  if (made.length > 1 || first === undefined) {
    return storeBulk(
      client,
      namespace,
      made.map(({ item }) => item),
    );
  }
  const reply = await client.send('POST', '/v1/memory-set', { ...first.item, namespace });
  const id = textField(reply.body, 'id');
  if (reply.status >= 300 || id === undefined) throw new Error(`memory-set: ${reply.status}`);
  return [id];
}

async function verify(
  server: ServerProcess,
  expected: readonly Acknowledged[],
  damage: { lost: Set<string>; notFound: Set<string> },
): Promise<void> {
  const client = createClient({ ...server, sockets: 8 });
  await runPool(expected.length, 8, async (index) => {
    const memory = expected[index];
    if (memory === undefined) return;
    const read = await client.send('GET', `/v1/memory/${memory.id}`);
    if (read.status !== 200 || textField(field(read.body, 'memory'), 'value') !== memory.value) {
      damage.lost.add(memory.id);
    }
    const query = { query: memory.word, namespace: memory.namespace, limit: 5 };
    const found = await search(client, query);
    if (!found.results.some(({ id }) => id === memory.id)) damage.notFound.add(memory.id);
  });
  client.close();
}
