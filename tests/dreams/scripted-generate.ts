/** A language model for tests of strategies: it answers what the test says, in order. */
import type { DreamTools, Generated } from '../../packages/server/src/engine/dream/strategy.ts';
import { offlineTools } from './snapshot-of.ts';

export interface Asked {
  readonly prompt: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface Scripted {
  readonly tools: DreamTools;
  readonly asked: Asked[];
  readonly notes: string[];
}

/** An answer is what would be parsed from the model's JSON; a text is the reason of a refusal. */
export function scriptedTools(answer: (asked: Asked, call: number) => unknown): Scripted {
  const asked: Asked[] = [];
  const notes: string[] = [];
  const tools: DreamTools = {
    ...offlineTools(notes),
    async generate(prompt, values, schema) {
      const question = { prompt, values };
      asked.push(question);
      const given = answer(question, asked.length - 1);
      if (typeof given === 'string') return { ok: false, reason: given };
      const parsed = schema.safeParse(given);
      return parsed.success
        ? { ok: true, value: parsed.data }
        : { ok: false, reason: 'no usable answer' };
    },
  };
  return { tools, asked, notes };
}

/** The answers one after the other; after the last one the budget is used up. */
export function answeringTools(
  answers: readonly Generated<unknown>[],
  notes: string[] = [],
): DreamTools {
  const left = [...answers];
  return {
    ...offlineTools(notes),
    generate: async (_prompt, _values, schema) => {
      const answer = left.shift() ?? { ok: false, reason: 'budget' };
      return answer.ok ? { ok: true, value: schema.parse(answer.value) } : answer;
    },
  };
}
