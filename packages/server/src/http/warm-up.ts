/** Takes the ways of a store and a recall once, so that the first request finds them compiled. */

/** Enough for the compiler to take notice; more costs start-up time and gains little. */
const memories = 120;
const searches = 42;
const topics = ['the garden', 'a trip to Lisbon', 'her violin', 'the report due on 3 May', 'Figma'];

/** `fetch` leads to an app over a store that is thrown away. Takes about 0.15 s. */
export async function warmUp(
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<void> {
  const post = async (path: string, body: object): Promise<void> => {
    const request = new Request(`http://localhost${path}`, {
      method: 'POST',
      headers: { Authorization: 'Bearer warm-up' },
      body: JSON.stringify(body),
    });
    const response = await fetch(request);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`The warm-up of ${path} was answered ${response.status}.`);
  };
  const topicOf = (i: number): string => topics[i % topics.length] ?? '';
  const turn = (i: number) => ({
    value: `Turn ${i}: Ann told Bob about ${topicOf(i)} and ${i * 7} other things.`,
    key: `thread-${i % 7}`,
    mode: 'append',
  });
  await post('/v1/memory/bulk', { items: Array.from({ length: memories }, (_, i) => turn(i)) });
  for (let i = 0; i < searches; i++) {
    if (i % 6 === 0) await post('/v1/memory-set', turn(i));
    await post('/v1/memory/search', { query: `What did Ann say about ${topicOf(i)}?` });
  }
}
