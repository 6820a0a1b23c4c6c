/**
 * A language model on loopback whose answers a test writes: it speaks OpenAI's chat completions.
 *
 * ```ts
 * const llm = await openStandIn((asked) =>
 *   asked.prompt.includes('peanuts') ? { summary: 'Ann is allergic.', kept: ['m1'] } : 'no JSON',
 * );
 * const app = await openApp(loadSettings({ ...others, ...llm.settings }));
 * // ... dream ...
 * expect(llm.asked[0]?.prompt).toContain('<memory id="m1"');
 * await llm.close();
 * ```
 *
 * What an answer may be:
 * - text, sent as it is; an object or a list, sent as JSON;
 * - `{ say, cut: true }`, which ends at the token limit, and `{ say, refused: true }`;
 * - `{ status: 429, headers: { 'retry-after': '1' } }`, a failure;
 * - `{ hang: true }`: no answer, until the caller leaves.
 *
 * Tokens are counted as words, so that a test can tell beforehand what a dream will have cost:
 * `usage` says what all answers so far have. `settings` has prices of 1 and 2 dollars a million.
 * `labelsIn(prompt)` gives the labels (m1, m2, ...) of the memories in a prompt, and
 * `memoriesIn(prompt)` their texts by label.
 */
import {
  openFakeService,
  type Sent,
  sendJson,
} from '../packages/server/src/providers/remote/fake-service.test.helper.ts';

export interface StandInAsked {
  readonly system: string;
  readonly prompt: string;
  /** What the answer was to look like; undefined for free text. */
  readonly schema: unknown;
  readonly maxTokens: number;
  /** Counts from 1. */
  readonly number: number;
}

export type StandInAnswer =
  | string
  | readonly unknown[]
  | { readonly say: string; readonly cut?: boolean; readonly refused?: boolean }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly hang: true }
  | Readonly<Record<string, unknown>>;

export interface StandIn {
  readonly url: string;
  /** For `loadSettings`, or as the environment of a server's process. */
  readonly settings: Readonly<Record<string, string>>;
  /** Every question, in order of arrival. */
  readonly asked: readonly StandInAsked[];
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
  close(): Promise<void>;
}

export const standInModel = 'openai-compatible/stand-in';

export async function openStandIn(
  answer: (asked: StandInAsked) => StandInAnswer | Promise<StandInAnswer>,
): Promise<StandIn> {
  const all: StandInAsked[] = [];
  const usage = { inputTokens: 0, outputTokens: 0 };
  const service = await openFakeService(async (sent, response) => {
    const asked = readAsked(sent, all.length + 1);
    all.push(asked);
    const given = await answer(asked);
    if (isObject(given) && 'hang' in given) return;
    if (isObject(given) && 'status' in given) {
      const headers = isObject(given.headers) ? given.headers : {};
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
      return sendJson(response, { error: 'as the test wants it' }, Number(given.status));
    }
    const { text, finish } = readAnswer(given);
    const tokens = {
      prompt: countWords(`${asked.system} ${asked.prompt}`),
      text: countWords(text),
    };
    usage.inputTokens += tokens.prompt;
    usage.outputTokens += tokens.text;
    sendJson(response, {
      id: `chatcmpl-${asked.number}`,
      object: 'chat.completion',
      created: 0,
      model: 'stand-in',
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finish }],
      usage: {
        prompt_tokens: tokens.prompt,
        completion_tokens: tokens.text,
        total_tokens: tokens.prompt + tokens.text,
      },
    });
  });
  return {
    url: service.url,
    settings: {
      REVERIE_LLM: 'openai-compatible',
      REVERIE_LLM_URL: service.url,
      REVERIE_LLM_MODEL: 'stand-in',
      REVERIE_LLM_API_KEY: 'stand-in-key',
      REVERIE_LLM_PRICE: '1,2',
    },
    asked: all,
    usage,
    close: () => service.close(),
  };
}

/** The text of each memory of a prompt by its label, as `fenceMemories` wrote it. */
export function memoriesIn(prompt: string): ReadonlyMap<string, string> {
  const lines = prompt.matchAll(/^<memory id="(m\d+)"[^>]*>(.*)<\/memory>$/gm);
  return new Map([...lines].map(([, label = '', text = '']) => [label, text]));
}

export function labelsIn(prompt: string): string[] {
  return [...memoriesIn(prompt).keys()];
}

function readAsked({ body, path }: Sent, number: number): StandInAsked {
  if (path !== '/chat/completions') throw new Error(`The stand-in knows no ${path}.`);
  const messages = Array.isArray(body.messages) ? body.messages : [];
  const say = (role: string) => messages.find((message) => message.role === role)?.content ?? '';
  const format = isObject(body.response_format) ? body.response_format : {};
  const held = isObject(format.json_schema) ? format.json_schema.schema : undefined;
  return {
    system: String(say('system')),
    prompt: String(say('user')),
    schema: held,
    maxTokens: Number(body.max_tokens),
    number,
  };
}

function readAnswer(given: unknown): { text: string; finish: string } {
  if (typeof given === 'string') return { text: given, finish: 'stop' };
  if (!isObject(given) || typeof given.say !== 'string') {
    return { text: JSON.stringify(given), finish: 'stop' };
  }
  const finish = given.cut === true ? 'length' : given.refused === true ? 'content_filter' : 'stop';
  return { text: given.say, finish };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const countWords = (text: string): number => text.split(/\s+/).filter(Boolean).length;
