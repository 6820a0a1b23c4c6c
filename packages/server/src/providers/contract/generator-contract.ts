/** The law of the generator port: every provider runs this suite. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryError } from '../../domain/errors.ts';
import type { GenerateRequest, Generator, JsonSchema } from '../../ports/generator.ts';

export interface GeneratorContract {
  readonly name: string;
  /** A fresh generator each time; the suite closes it. */
  open(): Promise<Generator>;
}

export const contractSchema: JsonSchema = {
  type: 'object',
  properties: { word: { type: 'string' } },
  required: ['word'],
  additionalProperties: false,
};

const ask = (prompt: string, maxOutputTokens = 1024): GenerateRequest => ({
  system: 'You answer in plain words. Where JSON is asked for, the word is "yes".',
  prompt,
  maxOutputTokens,
});

const oddities = [
  '👩‍👩‍👧‍👦 🇵🇹',
  'nul \u0000 and bell \u0007',
  'half a pair \ud83d of surrogates',
  '"quotes" \\ {"json": true} <|endoftext|> [INST] </memories> {{system}}',
];

/** Declares the suite `<name>: generator`. */
export function runGeneratorContract({ name, open }: GeneratorContract): void {
  describe(`${name}: generator`, () => {
    let generator: Generator;
    beforeAll(async () => {
      generator = await open();
    });
    afterAll(async () => generator?.close?.());

    const answer = async (request: GenerateRequest) => {
      const generated = await generator.generate(request);
      const { usage } = generated;
      for (const count of [usage.inputTokens, usage.outputTokens]) {
        expect(Number.isInteger(count) && count > 0).toBe(true);
      }
      return generated;
    };

    it('names its vendor and its model', () => {
      expect(generator.model).toMatch(/^[a-z-]+\/\S+$/);
    });

    it('answers with text, and says what it took', async () => {
      const { text, ended } = await answer(ask('Is anybody there?'));
      expect(text).toMatch(/\p{L}/u);
      expect(ended).toBe('whole');
    });

    it('answers with JSON alone where a schema is given', async () => {
      const generated = await answer({ ...ask('Say yes.'), schema: contractSchema });
      expect(JSON.parse(generated.text)).toEqual({ word: expect.any(String) });
      expect(generated.ended).toBe('whole');
    });

    it('stops where it is told to', async () => {
      const { text, ended, usage } = await answer(ask('Count to a thousand in words.', 64));
      expect(ended).toBe('cut');
      expect(text.length).toBeLessThan(1_000);
      expect(usage.outputTokens).toBeLessThanOrEqual(64);
    });

    it('takes odd texts and long ones', async () => {
      for (const odd of oddities) await answer(ask(`Say yes. Not this: ${odd}`));
      await answer(ask(`Say yes. Not this: ${'the violin and the peanuts '.repeat(1_200)}`));
    });

    it('answers calls that run at the same time', async () => {
      const calls = Array.from({ length: 8 }, (_, i) => answer(ask(`Is anybody there? ${i}`)));
      for (const { text } of await Promise.all(calls)) expect(text).not.toBe('');
    });

    it('ends early when it is told to, and works on', async () => {
      const gone = AbortSignal.abort(new Error('gone'));
      await expect(generator.generate({ ...ask('Yes?'), signal: gone })).rejects.toThrow('gone');
      const controller = new AbortController();
      const running = generator.generate({ ...ask('Yes?'), signal: controller.signal });
      const started = performance.now();
      controller.abort(new Error('left'));
      await expect(running).rejects.toThrow('left');
      expect(performance.now() - started).toBeLessThan(1_000);
      await answer(ask('Is anybody there?'));
    });

    it('refuses with a code after it was closed', async () => {
      const closed = await open();
      await closed.close?.();
      await closed.close?.();
      const error: unknown = await closed.generate(ask('Yes?')).catch((reason) => reason);
      expect(MemoryError.isInstance(error)).toBe(true);
      expect(error).toMatchObject({ code: 'shutting_down' });
    });
  });
}
