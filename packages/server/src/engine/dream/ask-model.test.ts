import { expect, test } from 'vitest';
import { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import type { GenerateRequest } from '../../ports/generator.ts';
import { askModel } from './ask-model.ts';
import { Spending } from './spending.ts';

const schema = z.object({ summary: z.string(), kept: z.array(z.string()) });
const values = { memories: '<memories>\n</memories>', words_max: 40 };

function ask(tokens?: number) {
  const asked: GenerateRequest[] = [];
  const spending = new Spending({ budget: { tokens }, now: () => 0 });
  const generator = {
    model: 'test/model',
    async generate(request: GenerateRequest) {
      asked.push(request);
      const usage = { inputTokens: 900, outputTokens: 100, isEstimated: false };
      return { text: '{"summary": "Oslo.", "kept": []}', ended: 'whole' as const, usage };
    },
  };
  const openTokenizer = async () => ({ name: 'characters', count: (text: string) => text.length });
  return { asked, spending, ask: askModel({ generator, openTokenizer, spending }) };
}

test('the newest version of a prompt is asked, and the answer says what made it', async () => {
  const { ask: run, asked, spending } = ask();
  expect(await run('compress', values, schema)).toMatchObject({
    ok: true,
    value: { summary: 'Oslo.', kept: [] },
    model: 'test/model',
    prompt: expect.stringMatching(/^compress\.v\d+$/),
  });
  expect(asked[0]?.system).toContain('at most 40 words');
  expect(asked[0]?.maxOutputTokens).toBe(limits.dreamAnswerTokensMax);
  expect(spending.report()).toMatchObject({ inputTokens: 900, outputTokens: 100, dollars: null });
});

test('a question that does not fit into the budget has a reason to be read', async () => {
  const { ask: run, asked } = ask(4_000);
  expect(await run('compress', values, schema)).toEqual({
    ok: false,
    reason: 'Too little of the budget is left',
  });
  expect(asked).toEqual([]);
});

test('a prompt that is not there is a bug', async () => {
  await expect(ask().ask('nightmare', values, schema)).rejects.toThrow('no prompt nightmare');
});
