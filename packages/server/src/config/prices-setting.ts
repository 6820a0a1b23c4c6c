/** What tokens cost, from text: "0.4,1.6". */
import { z } from 'zod';

export interface PricesSetting {
  /** In US dollars per million tokens. */
  readonly input: number;
  readonly output: number;
}

/** Dollars with a point; nobody asks for ten thousand of them. */
const price = String.raw`\d{1,4}(?:\.\d{1,6})?`;
const pair = new RegExp(`^(${price})\\s*,\\s*(${price})$`);

export const pricesFromText: z.ZodType<PricesSetting, string> = z
  .string()
  .transform((text, context): PricesSetting => {
    const [, input, output] = pair.exec(text.trim()) ?? [];
    if (input !== undefined && output !== undefined) {
      return { input: Number(input), output: Number(output) };
    }
    context.addIssue({ code: 'custom', message: 'two prices such as 0.4,1.6 are needed' });
    return z.NEVER;
  });
