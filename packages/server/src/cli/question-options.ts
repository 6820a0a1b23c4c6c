/** The options of every verb that asks a question: what may answer, and what time means. */
import type { Filter, RecallInput } from '@reverie/sdk';
import { type Command, Option } from 'commander';
import { filterDoc, parseFilterOption } from './parse-filter-option.ts';
import { parseNumber } from './parse-number.ts';

export interface QuestionOptions {
  readonly threshold?: number;
  readonly tag?: string[];
  readonly key?: string;
  readonly filter?: Filter;
  readonly kind?: 'episode' | 'fact' | 'derived';
  readonly type?: string;
  readonly speaker?: string;
  readonly after?: string;
  readonly before?: string;
  readonly validAt?: string;
  readonly asOf?: string;
  readonly time?: 'auto' | 'filter' | 'off';
  readonly referenceTime?: string;
  readonly recency?: number;
}

export function withQuestion(command: Command): Command {
  return command
    .option('--threshold <score>', 'leave out lower scores, 0 to 1', parseNumber)
    .option('-t, --tag <tag...>', 'only with all of these tags')
    .option('-k, --key <key>', 'only under this key')
    .option('-f, --filter <json>', filterDoc, parseFilterOption)
    .addOption(new Option('--kind <kind>', 'only these').choices(['episode', 'fact', 'derived']))
    .option('--type <type>', 'only with this label')
    .option('--speaker <name>', 'only what this one said')
    .option('--after <time>', 'said or happened then or later, as 2026-05-08 or with a time')
    .option('--before <time>', 'said or happened before')
    .option('--valid-at <time>', 'what held then')
    .option('--as-of <time>', 'what was known then')
    .addOption(
      new Option(
        '--time <mode>',
        'a time in the question is preferred (auto, when absent), a filter, or not read (off)',
      ).choices(['auto', 'filter', 'off']),
    )
    .option('--reference-time <time>', 'when the question is asked, for "last week"; now if absent')
    .option('--recency <share>', 'how much age counts, 0 (when absent) to 1', parseNumber);
}

/** What of it goes with the question, for the SDK. */
export function questionOf({ tag, after, before, ...options }: QuestionOptions) {
  const { threshold, key, filter, kind, type, speaker, validAt, asOf } = options;
  const { time, referenceTime, recency } = options;
  return {
    ...{ threshold, tags: tag, key, filter, kind, type, speaker },
    ...{ occurredAfter: after, occurredBefore: before, validAt, asOf },
    ...{ time, referenceTime, recency },
  } satisfies Partial<RecallInput>;
}
