import { describe, expect, it } from 'vitest';
import { type Answer, sendJson } from '../fake-service.test.helper.ts';
import { answerWith, readGeneratorFixture, withGenerator } from './open-generator.test.helper.ts';

const vendor = 'replicate';
const request = { system: 'Be brief.', prompt: 'Is anybody there?', maxOutputTokens: 8 };
const starting = { id: 'p1', status: 'starting', output: null, metrics: {} };

/** The model, then a prediction that starts; `poll` answers what comes after. */
const predict =
  (poll: Answer, properties: object = { prompt: {} }): Answer =>
  (sent, response, number) => {
    if (sent.path === '/predictions/p1') return poll(sent, response, number);
    if (sent.path.endsWith('/cancel'))
      return sendJson(response, { ...starting, status: 'canceled' });
    if (sent.path.endsWith('/predictions')) return sendJson(response, starting, 201);
    const openapi_schema = { components: { schemas: { Input: { properties } } } };
    const version = { openapi_schema };
    sendJson(response, sent.path.includes('/versions/') ? version : { latest_version: version });
  };
const finished: Answer = (_, response) => sendJson(response, answerWith(vendor, 'Yes.'));
const bodyOf = (sent: readonly { path: string; body: object }[]) =>
  sent.find(({ path }) => path.endsWith('/predictions'))?.body;

describe('replicate', () => {
  it('asks once what the inputs of the model are called, and keeps to their bounds', () =>
    withGenerator({ vendor }, predict(finished, inputs('max_new_tokens')), async (parts) => {
      await parts.generator.generate(request);
      await parts.generator.generate(request);
      expect(bodyOf(parts.sent)).toEqual({
        input: { prompt: request.prompt, system_prompt: 'Be brief.', max_new_tokens: 16 },
      });
      expect(parts.sent.filter(({ path }) => path === '/models/test/model')).toHaveLength(1);
    }));

  it('puts all into the prompt of a model that has nothing else', () =>
    withGenerator({ vendor }, predict(finished), async ({ generator, sent }) => {
      await generator.generate(request);
      expect(bodyOf(sent)).toEqual({ input: { prompt: 'Be brief.\n\nIs anybody there?' } });
    }));

  it('takes a version of a model', () => {
    const version = 'a'.repeat(64);
    const draft = { vendor, model: `test/model:${version}` } as const;
    return withGenerator(draft, predict(finished), async ({ generator, sent }) => {
      await generator.generate(request);
      expect(sent.slice(0, 2).map(({ path }) => path)).toEqual([
        `/models/test/model/versions/${version}`,
        '/predictions',
      ]);
      expect(bodyOf(sent)).toMatchObject({ version });
    });
  });

  it('refuses a model that is none of language', () =>
    withGenerator({ vendor }, predict(finished, { image: {} }), async ({ generator }) => {
      await expect(generator.generate(request)).rejects.toMatchObject({
        code: 'generator_rejected',
        message: 'The LLM replicate refused: the model takes no prompt.',
      });
    }));

  it('waits for a prediction through faults of the service, without starting another', () => {
    let polls = 0;
    const poll: Answer = (sent, response, number) => {
      polls += 1;
      if (polls === 1) return sendJson(response, {}, 502);
      if (polls === 2) return sendJson(response, { ...starting, status: 'processing' });
      finished(sent, response, number);
    };
    return withGenerator({ vendor }, predict(poll), async ({ generator, sent }) => {
      expect((await generator.generate(request)).text).toBe('Yes.');
      expect(sent.filter(({ path }) => path.endsWith('/predictions'))).toHaveLength(1);
    });
  });

  it.each(['failed', 'canceled', 'aborted'])('tells a prediction that %s', (status) => {
    const poll: Answer = (_, response) =>
      sendJson(response, { ...starting, status, error: 'the secret text' });
    return withGenerator({ vendor }, predict(poll), async ({ generator, sent }) => {
      await expect(generator.generate(request)).rejects.toMatchObject({
        code: 'generator_unavailable',
        message: `The LLM replicate gave no usable answer: the prediction ended as ${status}.`,
      });
      expect(sent.filter(({ path }) => path.endsWith('/predictions'))).toHaveLength(1);
    });
  });

  it('stops a prediction that nobody waits for any more', () => {
    const poll: Answer = (_, response) => sendJson(response, { ...starting, status: 'processing' });
    const draft = { vendor, timeoutMs: 200 } as const;
    return withGenerator(draft, predict(poll), async ({ generator, sent }) => {
      await expect(generator.generate(request)).rejects.toThrow('no answer within 200 ms');
      expect(sent.at(-1)?.path).toBe('/predictions/p1/cancel');
    });
  });

  it('is read as it was documented', () => {
    const { model } = readGeneratorFixture(vendor);
    expect(model).toHaveProperty('latest_version.openapi_schema.components.schemas.Input');
  });
});

function inputs(tokensMax: string): object {
  return { prompt: {}, system_prompt: {}, [tokensMax]: { type: 'integer', minimum: 16 } };
}
