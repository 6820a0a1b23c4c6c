/** `reverie recall`: finds what matters for a question. */
import type { Explanation, RecallHit } from '@reverie/sdk';
import { Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { countOf, json, memoryLines, plain, timeLine } from '../output.ts';
import { parseNumber } from '../parse-number.ts';
import { type QuestionOptions, questionOf, withQuestion } from '../question-options.ts';

interface RecallOptions extends ConnectionOptions, QuestionOptions {
  readonly limit?: number;
  readonly audience?: 'user' | 'system';
  /** false for --no-collapse; commander says true when it is absent. */
  readonly collapse: boolean;
  readonly rerank?: boolean;
  readonly explain?: boolean;
}

export function recallCommand(context: CliContext): Command {
  const command = new Command('recall')
    .description('find memories, best first')
    .argument('<query>', 'what to look for; "" gives the newest')
    .option('-l, --limit <count>', 'at most so many, 10 when absent', parseNumber);
  withQuestion(command)
    .addOption(
      new Option('--audience <audience>', 'only what is for these').choices(['user', 'system']),
    )
    .option('--no-collapse', 'show memories that say the same one by one')
    .option('--rerank', 'let a model read the first results again')
    .option('--no-rerank', 'do without, where the server does it by default')
    .option('--explain', 'say why each was found');
  return withConnection(command).action(async (query: string, options: RecallOptions) => {
    const { limit, audience, collapse, rerank, explain } = options;
    const found = await connect(options, context).recall({
      ...{ query, limit, ...questionOf(options) },
      ...{ audience, collapse: collapse ? undefined : false, rerank, explain },
    });
    if (options.json) return context.out(json(found));
    for (const hit of found.results) {
      context.out(memoryLines(hit, hit.score) + (explain ? reason(hit) : ''));
    }
    context.err(timeLine(found.time));
    for (const without of found.degraded ?? []) context.err(`without ${without}\n`);
    const count = found.count === 0 ? 'Nothing found' : `${countOf(found.count, 'hit', 'hits')}`;
    context.err(`${count}, ${found.queryTimeMs.toFixed(1)} ms\n`);
  });
}

function reason({ signals, matched, explanation }: RecallHit): string {
  const parts = [
    `vector ${signals.vector.toFixed(2)}`,
    `text ${signals.text.toFixed(2)}`,
    `entity ${signals.entity.toFixed(2)}`,
    ...(signals.rerank === undefined ? [] : [`rerank ${signals.rerank.toFixed(2)}`]),
    ...(matched.terms.length > 0 ? [`words: ${matched.terms.map(plain).join(', ')}`] : []),
    ...(matched.entities.length > 0 ? [`names: ${matched.entities.map(plain).join(', ')}`] : []),
  ];
  const lines = [parts.join('  '), ...(explanation ? [calculation(explanation)] : [])];
  return lines
    .filter((line) => line !== '')
    .map((line) => `      ${line}\n`)
    .join('');
}

/** "(vector 0.45 + text_window 1.00) x speaker 0.80": how the order came about. */
function calculation({ parts, factors }: Explanation): string {
  const sum = parts
    .filter((part) => part.contribution > 0)
    .map((part) => `${plain(part.name)} ${part.contribution.toFixed(2)}`)
    .join(' + ');
  const less = factors
    .filter(({ value }) => value !== 1)
    .map(({ name, value }) => ` x ${plain(name)} ${value.toFixed(2)}`)
    .join('');
  return less === '' ? sum : `(${sum})${less}`;
}
