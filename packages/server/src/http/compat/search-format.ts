/** Shapes of a search's answer for callers that read a list where we give an object. */
import { z } from '@hono/zod-openapi';
import { resultSchema, searchAnswerSchema } from '../schemas.ts';

const formats = ['object', 'array', 'data'] as const;

/** In the query string of POST and GET alike. */
export const searchFormat = {
  format: z
    .enum(formats)
    .optional()
    .openapi({
      description:
        '`array`: the results alone, as a bare list; `data`: the list under `data`. What the ' +
        'answer says beside its results is then left out.',
    }),
};

export const foundSchema = z.union([
  searchAnswerSchema,
  z.array(resultSchema),
  z.object({ data: z.array(resultSchema) }),
]);

export function inFormat<Answer extends { readonly results: readonly unknown[] }>(
  format: (typeof formats)[number] | undefined,
  answer: Answer,
) {
  if (format === 'array') return answer.results;
  return format === 'data' ? { data: answer.results } : answer;
}
