/** The examples of the README, compiled. A test holds the two together. */
import { createClient, ReverieError, verifyWebhook } from '@reverie/sdk';

export async function quickStart() {
  const reverie = createClient({
    baseUrl: 'http://127.0.0.1:7360',
    apiKey: 'sk-rev-...',
    namespace: 'user-42',
  });

  await reverie.store('I moved to Lisbon in May and work at the aquarium.');

  const { results } = await reverie.recall('Where does she live?');
  for (const { content, score } of results) console.log(score.toFixed(2), content);
}

export async function turnsAndFacts() {
  const reverie = createClient({ namespace: 'user-42' });

  // A turn is appended to the thread of its key.
  await reverie.store({
    key: 'chat-7',
    value: 'User: I am allergic to peanuts.\nAssistant: Noted, I will leave them out.',
    occurredAt: new Date('2026-03-01T09:00:00Z'),
  });

  // A fact takes the place of the one before.
  const home = await reverie.store({ key: 'home', value: 'Lives in Porto.', mode: 'replace' });
  console.log(home.status, home.replaced);

  const { found, value, turns } = await reverie.getByKey('chat-7');
  console.log(found, value, turns);
}

export async function filtered() {
  const reverie = createClient({ namespace: 'user-42' });

  const { results, queryTimeMs } = await reverie.recall({
    query: 'food she cannot eat',
    tags: { any: ['health', 'diet'] },
    threshold: 0.2,
    limit: 5,
  });
  for (const hit of results) console.log(hit.signals, hit.matched.terms);
  console.log(`${queryTimeMs} ms`);
}

export async function prompt(question: string) {
  const reverie = createClient({ namespace: 'user-42' });

  const { context, citations, tokens } = await reverie.context({
    query: question,
    systemNamespace: 'my-app',
    maxTokens: 800,
    format: 'messages',
  });
  const messages = [...context, { role: 'user', content: question }];
  console.log(messages, `${tokens} tokens`);
  for (const { n, id } of citations) console.log(`[${n}] is ${id}`);
}

export async function explained() {
  const reverie = createClient({ namespace: 'user-42' });

  const { results } = await reverie.recall({ query: 'her allergies', explain: true });
  for (const { explanation } of results) {
    for (const { name, contribution } of explanation?.parts ?? []) console.log(name, contribution);
  }

  const missing = await reverie.whyNot({ query: 'her allergies', memoryId: 'mem_...' });
  for (const { code, message } of missing?.reasons ?? []) console.log(code, message);
}

export async function listing() {
  const reverie = createClient({ namespace: 'user-42' });

  for await (const memory of reverie.list({ kind: 'fact', order: 'asc' })) {
    console.log(memory.createdAt, memory.content);
  }

  const page = await reverie.listPage({ limit: 20 });
  console.log(page.results.length, page.nextCursor);
}

export async function many() {
  const reverie = createClient({ namespace: 'user-42' });

  const { stored, results } = await reverie.storeMany([
    { value: 'Likes long trains.', tags: ['travel'] },
    { value: 'Plays the cello.', metadata: { source: 'survey' } },
  ]);
  console.log(
    stored,
    results.filter((outcome) => !outcome.ok),
  );
}

export async function forgetting() {
  const reverie = createClient({ namespace: 'user-42' });

  const { forgotten } = await reverie.forget({ key: 'chat-7' });
  console.log(forgotten);

  const work = { filter: { tags: 'work' } };
  const { counts } = await reverie.forget({ ...work, dryRun: true });
  const { receipt } = await reverie.forget({ ...work, expectedCount: counts.memories });
  console.log(receipt?.id, receipt?.state);
}

export async function failures() {
  const reverie = createClient({ timeoutMs: 2_000, retries: 1 });

  try {
    await reverie.recall('anything', { signal: AbortSignal.timeout(5_000) });
  } catch (error) {
    if (!ReverieError.isInstance(error)) throw error;
    console.error(error.code, error.status, error.message, error.retryable);
  }
}

export async function sameProcess(app: { fetch: (request: Request) => Promise<Response> }) {
  const reverie = createClient({ fetch: app.fetch });
  console.log(await reverie.health());
}

export async function moving() {
  const reverie = createClient({ namespace: 'user-42' });

  const parts = reverie.exportNamespace({ namespace: 'user-42' });
  const copy = await reverie.importNamespace(ReadableStream.from(parts), { namespace: 'user-43' });
  console.log(copy.ok, copy.imported, copy.present);
  for (const { line, code } of copy.errors) console.log(line, code);
}

export async function following() {
  const reverie = createClient({ namespace: 'user-42' });

  for await (const item of reverie.events({ types: ['memory.*'] })) {
    if (item.kind === 'event') console.log(item.event.type, item.event.memoryId);
    else console.log('read the namespace anew:', item.reason);
  }
}

export async function receiving(request: Request, secret: string) {
  const event = await verifyWebhook(await request.text(), request.headers, secret);
  console.log(event.id, event.type, event.memoryId);
}
