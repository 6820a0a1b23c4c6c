/** Plans that only a reader sees: a language model reads what the rules found nothing in. */
import { z } from 'zod';
import { parseTime } from '../../../../domain/time.ts';
import { dayMs } from '../../../../text/time-range.ts';
import { type Evidence, isoDay } from '../../evidence.ts';
import { renderMemories } from '../../render-memories.ts';
import type { DreamMemory, DreamTools } from '../../strategy.ts';
import type { Forecast } from './prognosis.ts';

/** Memories of one question, and questions of one dream. */
const batchMax = 40;
const batchesMax = 3;
/** Older ones seldom tell of what is still ahead. */
const ageMaxMs = 180 * dayMs;
const aheadMaxMs = 3 * 366 * dayMs;
const charsMax = 300;

const answerSchema = z.object({
  plans: z.array(
    z.object({ id: z.string(), due: z.string(), text: z.string().trim().min(1).max(charsMax) }),
  ),
});

interface MoreRequest {
  readonly evidence: Evidence;
  /** What earlier dreams made: what they read a plan in is not read again. */
  readonly derived: readonly DreamMemory[];
  /** What the rules have read. */
  readonly used: ReadonlySet<DreamMemory>;
  readonly now: number;
}

/** Nothing without a language model. */
export async function findMorePlans(
  { evidence, derived, used, now }: MoreRequest,
  tools: DreamTools,
): Promise<Forecast[]> {
  if (tools.generate === undefined) return [];
  const forecasts = derived.filter(({ type }) => type === 'forecast');
  const known = new Set(forecasts.flatMap(({ derivedFrom }) => derivedFrom));
  const unread = evidence.memories
    .filter(
      (memory) => !used.has(memory) && !known.has(memory.id) && now - memory.occurredAt <= ageMaxMs,
    )
    .slice(-batchMax * batchesMax);
  const found: Forecast[] = [];
  for (let first = 0; first < unread.length; first += batchMax) {
    const batch = unread.slice(first, first + batchMax);
    const values = { memories: renderMemories(batch), today: isoDay(now) };
    const answer = await tools.generate('forecast', values, answerSchema);
    if (!answer.ok) {
      tools.note(`${answer.reason}; only what the rules find is here`);
      break;
    }
    for (const one of answer.value.plans) {
      const read = forecastFrom(one, batch, now);
      if (typeof read === 'string') tools.note(`a plan is left out: ${read}`);
      else found.push(read);
    }
  }
  return found;
}

function forecastFrom(
  { id, due, text }: { id: string; due: string; text: string },
  batch: readonly DreamMemory[],
  now: number,
): Forecast | string {
  const memory = batch.find((one) => one.id === id);
  if (memory === undefined) return 'its memory was not among those given';
  const from = /^\d{4}-\d{2}-\d{2}$/.test(due) ? parseTime(due) : undefined;
  if (from === undefined) return 'its date is none';
  if (from < memory.occurredAt - dayMs || from > now + aheadMaxMs)
    return 'its date is out of reach';
  const known = `${memory.text} ${due}`;
  const invented = text.match(/\d+/g)?.find((number) => !known.includes(number));
  if (invented !== undefined) return `${invented} is not in its memory`;
  const who = memory.speaker ? `${memory.speaker} said` : 'noted';
  return {
    subject: `read:${id}`,
    due: { from, to: from + dayMs },
    value: `Due ${due}: ${text} (${who} on ${isoDay(memory.occurredAt)})`,
    reason: 'Read out of one memory by the language model.',
    confidence: 0.6,
    memories: [memory],
    kind: 'read',
  };
}
