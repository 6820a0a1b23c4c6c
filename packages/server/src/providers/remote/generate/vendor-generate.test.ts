import { describe, expect, it } from 'vitest';
import { type Sent, sendJson } from '../fake-service.test.helper.ts';
import { testKey } from '../open-remote.test.helper.ts';
import { type GeneratorVendor, generatorVendors } from './generator-vendors.ts';
import {
  answerWith,
  modelOf,
  readGeneratorFixture,
  speakAs,
  withGenerator,
} from './open-generator.test.helper.ts';

interface Expected {
  readonly path: string;
  readonly key: { readonly header: string; readonly value: string };
  readonly body: object;
  /** What is more in the body when a schema is given. */
  readonly held: object;
}

const schema = {
  type: 'object',
  properties: { word: { type: 'string' } },
  required: ['word'],
  additionalProperties: false,
};
const request = { system: 'Be brief.', prompt: 'Is anybody there?', maxOutputTokens: 64 };
const bearer = { header: 'authorization', value: `Bearer ${testKey}` };
const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Is anybody there?' },
];
const heldChat = (strict: boolean) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'answer', strict, schema } },
});
const chat: Expected = {
  path: '/chat/completions',
  key: bearer,
  body: { model: 'test-model', max_tokens: 64, messages },
  held: heldChat(true),
};
const inWords =
  'Be brief.\n\nAnswer with one JSON value that fits this JSON schema, and with nothing else:\n' +
  JSON.stringify(schema);

const expected: Readonly<Record<GeneratorVendor, Expected>> = {
  'openai-compatible': chat,
  ollama: chat,
  mistral: {
    ...chat,
    body: {
      ...chat.body,
      messages: [messages[0], { role: 'user', content: [{ type: 'text', text: request.prompt }] }],
    },
    held: heldChat(false),
  },
  cohere: {
    ...chat,
    path: '/chat',
    held: { response_format: { type: 'json_object', json_schema: schema } },
  },
  openai: {
    path: '/responses',
    key: bearer,
    body: {
      model: 'test-model',
      max_output_tokens: 64,
      store: false,
      input: [
        messages[0],
        { role: 'user', content: [{ type: 'input_text', text: request.prompt }] },
      ],
    },
    held: { text: { format: { type: 'json_schema', name: 'answer', strict: true, schema } } },
  },
  anthropic: {
    path: '/messages',
    key: { header: 'x-api-key', value: testKey },
    body: {
      model: 'test-model',
      max_tokens: 64,
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [{ role: 'user', content: [{ type: 'text', text: request.prompt }] }],
    },
    held: {
      tools: [{ name: 'json', description: expect.any(String), input_schema: schema }],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    },
  },
  google: {
    path: '/models/test-model:generateContent',
    key: { header: 'x-goog-api-key', value: testKey },
    body: {
      generationConfig: { maxOutputTokens: 64 },
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [{ role: 'user', parts: [{ text: request.prompt }] }],
    },
    held: {
      generationConfig: {
        maxOutputTokens: 64,
        responseMimeType: 'application/json',
        responseSchema: {
          type: 'object',
          properties: { word: { type: 'string' } },
          required: ['word'],
        },
      },
    },
  },
  replicate: {
    path: '/models/test/model/predictions',
    key: bearer,
    body: { input: { prompt: request.prompt, system_prompt: 'Be brief.', max_tokens: 64 } },
    held: { input: { prompt: request.prompt, system_prompt: inWords, max_tokens: 64 } },
  },
};

const askedOf = (sent: readonly Sent[]) =>
  sent.filter(({ body }) => Object.keys(body).length > 0).at(-1);

describe.each(generatorVendors)('%s', (vendor) => {
  it('sends what the documentation asks for, and reads the documented answer', async () => {
    const answer = speakAs(vendor, () => answerWith(vendor, 'Yes, I am.'));
    await withGenerator({ vendor }, answer, async ({ generator, sent }) => {
      expect(generator.model).toBe(`${vendor}/${modelOf(vendor)}`);
      expect(await generator.generate(request)).toEqual({
        text: 'Yes, I am.',
        ended: 'whole',
        usage: { inputTokens: 36, outputTokens: 8, isEstimated: false },
      });
      const { path, key, body } = expected[vendor];
      const asked = askedOf(sent);
      expect(asked?.path).toBe(path);
      expect(asked?.body).toEqual(body);
      for (const { headers } of sent) expect(headers[key.header]).toBe(key.value);
    });
  });

  it('has the service hold the answer to a schema, or asks in words', async () => {
    const answer = speakAs(vendor, () => answerWith(vendor, '{"word":"yes"}'));
    await withGenerator({ vendor }, answer, async ({ generator, sent }) => {
      const { text } = await generator.generate({ ...request, schema });
      expect(text).toBe('{"word":"yes"}');
      const { body, held } = expected[vendor];
      expect(askedOf(sent)?.body).toEqual({ ...body, ...held });
    });
  });

  it('asks in words where the service refuses the schema, and does not try it again', async () => {
    const isHeld = ({ body }: Sent) =>
      /"(json_schema|responseSchema|schema|tools)"/.test(keysOf(body));
    const answer = speakAs(vendor, () => answerWith(vendor, 'Sure:\n```json\n{"word":"yes"}\n```'));
    let refused = 0;
    const careful: typeof answer = (sent, response, number) => {
      if (!isHeld(sent)) return answer(sent, response, number);
      refused += 1;
      sendJson(response, { error: 'no such field' }, 400);
    };
    await withGenerator({ vendor }, careful, async ({ generator, sent }) => {
      for (const _ of [1, 2]) {
        const { text } = await generator.generate({ ...request, schema });
        expect(text).toBe('{"word":"yes"}');
        expect(JSON.stringify(askedOf(sent)?.body)).toContain('fits this JSON schema');
      }
      expect(refused).toBe(vendor === 'replicate' ? 0 : 1);
    });
  });

  it('tells an answer that was cut', async () => {
    const answer = speakAs(vendor, () => answerWith(vendor, 'Yes, I', 'cut'));
    await withGenerator({ vendor }, answer, async ({ generator }) => {
      expect(await generator.generate(request)).toMatchObject({ text: 'Yes, I', ended: 'cut' });
    });
  });

  it.skipIf(!readGeneratorFixture(vendor).refused)('tells a refusal', async () => {
    const answer = speakAs(vendor, () => answerWith(vendor, 'I cannot.', 'refused'));
    await withGenerator({ vendor }, answer, async ({ generator }) => {
      expect(await generator.generate(request)).toMatchObject({ ended: 'refused' });
    });
  });

  it('gives an empty answer as it is', async () => {
    const answer = speakAs(vendor, () => answerWith(vendor, ''));
    await withGenerator({ vendor }, answer, async ({ generator }) => {
      expect((await generator.generate(request)).text).toBe('');
    });
  });

  it('says 401 and not the key', async () => {
    const { unauthorized } = readGeneratorFixture(vendor);
    const answer = (_: Sent, response: Parameters<typeof sendJson>[0]) =>
      sendJson(response, unauthorized, 401);
    await withGenerator({ vendor }, answer, async ({ generator, sent }) => {
      const error: unknown = await generator.generate(request).catch((reason) => reason);
      expect(error).toMatchObject({
        code: 'generator_rejected',
        message: `The LLM ${vendor} refused: HTTP 401 (check REVERIE_LLM_API_KEY).`,
        details: { llm: vendor, status: 401 },
      });
      expect(sent).toHaveLength(1);
    });
  });
});

it('anthropic is asked for its own structured output where the model has it', async () => {
  const draft = { vendor: 'anthropic', model: 'claude-sonnet-4-5' } as const;
  const answer = speakAs('anthropic', () => answerWith('anthropic', '{"word":"yes"}'));
  await withGenerator(draft, answer, async ({ generator, sent }) => {
    await generator.generate({ ...request, schema });
    expect(sent[0]?.body).toMatchObject({
      output_config: { format: { type: 'json_schema', schema } },
    });
  });
});

it('anthropic answers other models with a tool call, which is read as text', async () => {
  const whole = readGeneratorFixture('anthropic').answer as object;
  const content = [{ type: 'tool_use', id: 'toolu_1', name: 'json', input: { word: 'yes' } }];
  const answer = { ...whole, content, stop_reason: 'tool_use' };
  const speak = speakAs('anthropic', () => answer);
  await withGenerator({ vendor: 'anthropic' }, speak, async ({ generator }) => {
    const generated = await generator.generate({ ...request, schema });
    expect(generated).toMatchObject({ text: '{"word":"yes"}', ended: 'whole' });
  });
});

it('ollama is sent no key where there is none', async () => {
  const draft = { vendor: 'ollama', apiKey: undefined } as const;
  const answer = speakAs('ollama', () => answerWith('ollama', 'Yes.'));
  await withGenerator(draft, answer, async ({ generator, sent }) => {
    await generator.generate(request);
    expect(sent[0]?.headers.authorization).toBeUndefined();
  });
});

/** Every name in a body, at any depth. */
function keysOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  return Object.entries(body)
    .map(([name, value]) => `"${name}"${keysOf(value)}`)
    .join();
}
