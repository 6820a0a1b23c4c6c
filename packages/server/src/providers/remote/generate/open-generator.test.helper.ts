/** Opens generators on a fake service that answers in the vendor's documented shape. */
import { readFileSync } from 'node:fs';
import type { Generator } from '../../../ports/generator.ts';
import type { Answer, Sent } from '../fake-service.test.helper.ts';
import { openFakeService, sendJson } from '../fake-service.test.helper.ts';
import { createTestWorld, testKey } from '../open-remote.test.helper.ts';
import type { RetryWorld } from '../retry.ts';
import type { GeneratorVendor } from './generator-vendors.ts';
import { type GeneratorSettings, openRemoteGenerator } from './remote-generator.ts';

interface Change {
  readonly at: readonly (string | number)[];
  readonly value: unknown;
}

export interface GeneratorFixture {
  readonly source: string;
  /** `TEXT` stands for what the model wrote. */
  readonly answer: unknown;
  readonly cut: Change;
  /** Absent where the service knows no refusal. */
  readonly refused?: Change;
  readonly unauthorized: unknown;
  /** Of Replicate: what it says of the model. */
  readonly model?: unknown;
}

export function readGeneratorFixture(vendor: GeneratorVendor): GeneratorFixture {
  return JSON.parse(readFileSync(new URL(`./fixtures/${vendor}.json`, import.meta.url), 'utf8'));
}

/** The documented answer with another text, and the change that goes with how it ended. */
export function answerWith(
  vendor: GeneratorVendor,
  text: string,
  ended: 'whole' | 'cut' | 'refused' = 'whole',
): unknown {
  const { answer, ...changes } = readGeneratorFixture(vendor);
  const whole = JSON.parse(JSON.stringify(answer).replace('"TEXT"', () => JSON.stringify(text)));
  const change = ended === 'whole' ? undefined : changes[ended];
  if (change) {
    const last = change.at.at(-1) ?? '';
    const parent = change.at.slice(0, -1).reduce((at, name) => at[name], whole);
    parent[last] = change.value;
  }
  return whole;
}

/** Answers like the vendor, over as many requests as it takes, what `write` makes of the first. */
export function speakAs(vendor: GeneratorVendor, write: (sent: Sent) => unknown): Answer {
  if (vendor !== 'replicate') return (sent, response) => sendJson(response, write(sent));
  const predictions: unknown[] = [];
  return (sent, response) => {
    const number = /^\/predictions\/p(\d+)$/.exec(sent.path)?.[1];
    if (number !== undefined) return sendJson(response, predictions[Number(number)]);
    if (!sent.path.endsWith('/predictions')) {
      return sendJson(response, readGeneratorFixture(vendor).model);
    }
    const id = `p${predictions.push(write(sent)) - 1}`;
    sendJson(response, { id, status: 'starting', output: null, metrics: {} }, 201);
  };
}

/** What a test says of a generator; the rest is as it usually is. */
export type GeneratorDraft = Partial<GeneratorSettings> & { readonly url: string };

export const modelOf = (vendor: GeneratorVendor): string =>
  vendor === 'replicate' ? 'test/model' : 'test-model';

export function openGenerator(
  draft: GeneratorDraft,
  world: RetryWorld = createTestWorld(),
): Promise<Generator> {
  const vendor = draft.vendor ?? 'openai-compatible';
  const otherwise: Omit<GeneratorSettings, 'url'> = {
    vendor,
    model: modelOf(vendor),
    apiKey: testKey,
    concurrency: 4,
    timeoutMs: 5_000,
    prices: undefined,
    openTokenizer: async () => ({ name: 'words', count: countWords }),
  };
  return openRemoteGenerator({ ...otherwise, ...draft }, world);
}

const countWords = (text: string): number => text.split(/\s+/).filter(Boolean).length;

/** A service and a generator on it, both gone after `use`. */
export async function withGenerator<T>(
  draft: Partial<GeneratorSettings>,
  answer: Answer,
  use: (parts: { generator: Generator; sent: readonly Sent[] }) => Promise<T>,
): Promise<T> {
  const service = await openFakeService(answer);
  try {
    const generator = await openGenerator({ ...draft, url: service.url });
    const result = await use({ generator, sent: service.sent });
    await generator.close?.();
    return result;
  } finally {
    await service.close();
  }
}
