/** How strategies ask a language model: a prompt by name, an answer that fits or a reason. */
import type { z } from 'zod';
import { limits } from '../../domain/limits.ts';
import { type AskingParts, generateChecked } from './generate-checked.ts';
import { newestPrompt, renderPrompt } from './load-prompt.ts';

/** With a good answer, the model and the prompt that made it. */
export type ModelAnswer<Answer> =
  | {
      readonly ok: true;
      readonly value: Answer;
      readonly model: string;
      readonly prompt: string;
    }
  /** A sentence without a full stop, for the reader of the dream. */
  | { readonly ok: false; readonly reason: string };

export type AskModel = <Answer>(
  prompt: string,
  values: Readonly<Record<string, string | number>>,
  schema: z.ZodType<Answer>,
) => Promise<ModelAnswer<Answer>>;

/**
 * For all strategies of one dream, which share what may be spent.
 *
 * @param signal ends the dream.
 */
export function askModel(parts: AskingParts, signal?: AbortSignal): AskModel {
  return async (name, values, schema) => {
    const prompt = renderPrompt(newestPrompt(name), values);
    const maxOutputTokens = limits.dreamAnswerTokensMax;
    const checked = await generateChecked(parts, { prompt, schema, maxOutputTokens, signal });
    if (checked.ok) return checked;
    return { ok: false, reason: checked.message.replace(/\.$/, '') };
  };
}
