/** A tenant who only wants to store and to find, while another one is fuzzed. */
import { search } from '../lib/api.ts';
import { createClient, type JsonClient } from '../lib/client.ts';
import { field, numberField, textField } from '../lib/json.ts';
import { turn } from '../load/store.ts';

export interface HonestReport {
  readonly stored: number;
  readonly searched: number;
  /** Answers that were wrong, in words. */
  readonly wrong: readonly string[];
}

const namespace = 'honest';

export class Honest {
  readonly #client: JsonClient;
  readonly #stored = new Map<string, string>();
  readonly #values: string[] = [];
  readonly #wrong: string[] = [];
  #searched = 0;
  #n = 0;

  constructor(url: string, key: string) {
    this.#client = createClient({ url, key });
  }

  /** One store, or one search for something that is there. */
  async step(): Promise<void> {
    const n = this.#n++;
    if (n % 2 === 0 || this.#values.length === 0) return this.#store(n);
    const value = this.#values[(n * 7_919) % this.#values.length] ?? '';
    this.#searched += 1;
    const { results } = await search(this.#client, { query: value, namespace });
    if (!results.some((result) => result.value === value)) this.#wrong.push(`not found: ${value}`);
  }

  async #store(n: number): Promise<void> {
    const { value } = turn(n);
    const reply = await this.#client.send('POST', '/v1/memory-set', { value, namespace });
    const id = textField(reply.body, 'id');
    if (reply.status !== 200 || id === undefined) {
      this.#wrong.push(`a store answered ${reply.status}: ${JSON.stringify(reply.body)}`);
      return;
    }
    this.#stored.set(id, value);
    this.#values.push(value);
  }

  /** Reads every memory again. */
  async finish(): Promise<HonestReport> {
    for (const [id, value] of this.#stored) {
      const { body } = await this.#client.send('GET', `/v1/memory/${id}`);
      const found = textField(field(body, 'memory'), 'value');
      if (found !== value) this.#wrong.push(`${id} is ${found}, not ${value}`);
    }
    const listed = await this.#client.send('GET', `/v1/namespaces/${namespace}`);
    const count = numberField(field(listed.body, 'namespace'), 'memories');
    if (count !== undefined && count !== this.#stored.size) this.#wrong.push(`${count} memories`);
    this.#client.close();
    return { stored: this.#stored.size, searched: this.#searched, wrong: this.#wrong };
  }
}
