/** A summary in a language model's words, as far as they can be checked. */
import { z } from 'zod';
import { type FencedMemories, fenceMemories } from '../../fence-memories.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import { withAbsoluteTimes, writtenDay } from './absolute-times.ts';
import { compressLimits } from './compress-limits.ts';

const answerSchema = z.object({
  summary: z.string().min(1).max(compressLimits.charsMax),
  kept: z.array(z.string()).min(1),
});

export type SummaryOutcome =
  | { readonly text: string }
  /** Why the words of the model are not used; `isAnswered`: there were some. */
  | { readonly fault: string; readonly isAnswered: boolean };

/** Words that a summary may have for each token that its sources have. */
const wordsPerToken = 0.25;
const wordsMin = 25;

export async function generatedSummary(
  cluster: readonly DreamMemory[],
  {
    generate,
    countTokens,
  }: Pick<DreamTools, 'countTokens'> & Required<Pick<DreamTools, 'generate'>>,
): Promise<SummaryOutcome> {
  const before = cluster.reduce((sum, { tokens }) => sum + tokens, 0);
  const fenced = fenceMemories(
    cluster.map(({ id, occurredAt: at, text, speaker }) => ({ id, at, text, speaker })),
  );
  const values = {
    memories: fenced.block,
    words_max: String(Math.max(wordsMin, Math.round(before * wordsPerToken))),
  };
  const answer = await generate('compress', values, answerSchema);
  if (!answer.ok) return { fault: answer.reason, isAnswered: false };
  const { summary, kept } = answer.value;
  const fault = faultOf(summary, kept, cluster, fenced);
  if (fault !== undefined) return { fault, isAnswered: true };
  const text = `${daysOf(cluster)}\n${summary.trim()}`;
  if (
    text.length <= compressLimits.charsMax &&
    countTokens(text) <= compressLimits.shareMax * before
  )
    return { text };
  return { fault: 'it was too long', isAnswered: true };
}

function faultOf(
  summary: string,
  kept: readonly string[],
  cluster: readonly DreamMemory[],
  { idOf }: Pick<FencedMemories, 'idOf'>,
): string | undefined {
  if (kept.some((label) => idOf(label) === undefined))
    return 'it names a memory that was not shown';
  const numbers = new Set(
    cluster.flatMap(({ text, occurredAt }) => {
      const said = withAbsoluteTimes(text, occurredAt);
      return numbersIn(`${text} ${said} ${new Date(occurredAt).toISOString().slice(0, 10)}`);
    }),
  );
  const invented = numbersIn(summary).find((number) => !numbers.has(number));
  return invented === undefined ? undefined : `its sources do not say ${invented}`;
}

/** "07" and "7" are the same day. */
function numbersIn(text: string): string[] {
  return (text.match(/\p{Nd}+/gu) ?? []).map((digits) => digits.replace(/^0+(?=.)/u, ''));
}

function daysOf(cluster: readonly Pick<DreamMemory, 'occurredAt'>[]): string {
  const [first, last] = [cluster[0], cluster.at(-1)].map((one) => writtenDay(one?.occurredAt ?? 0));
  return first === last ? String(first) : `${first} to ${last}`;
}
