/** `reverie context`: the block for a prompt that a question calls for. */
import type { ContextFormat, ContextResult, ContextSectionName } from '@reverie/sdk';
import { Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { countOf, json, plain, timeLine } from '../output.ts';
import { parseNumber } from '../parse-number.ts';
import { type QuestionOptions, questionOf, withQuestion } from '../question-options.ts';

interface ContextOptions extends ConnectionOptions, QuestionOptions {
  readonly maxTokens?: number;
  readonly format?: ContextFormat;
  readonly systemNamespace?: string;
  readonly profile?: boolean;
  readonly limit?: number;
  readonly section?: ContextSectionName[];
}

export function contextCommand(context: CliContext): Command {
  const command = new Command('context')
    .description('print what a model should know before it answers')
    .argument('<query>', 'what the model is asked')
    .option('--max-tokens <count>', 'at most so many, 1,000 when absent', parseNumber)
    .addOption(
      new Option('--format <format>', 'how it is written, "text" when absent').choices([
        'text',
        'messages',
        'xml',
      ]),
    )
    .option('--system-namespace <name>', "where the application's own memory is")
    .option('--profile', 'also who the user is, as far as a tenth of the tokens allows')
    .option(
      '-l, --limit <count>',
      'choose from so many results, 20 or more when absent',
      parseNumber,
    )
    .addOption(
      new Option('--section <name...>', 'only these').choices([
        'system',
        'user',
        'memories',
        'threads',
      ]),
    );
  return withConnection(withQuestion(command)).action(
    async (query: string, options: ContextOptions) => {
      const { maxTokens, format, systemNamespace, profile, limit, section: sections } = options;
      const result = await connect(options, context).context({
        ...{ query, maxTokens, format, systemNamespace, profile, limit, sections },
        ...questionOf(options),
      });
      if (options.json) return context.out(json(result));
      context.out(printed(result));
      context.err(timeLine(result.time));
      const items = result.citations.length;
      const count = items === 0 ? 'Nothing relevant' : countOf(items, 'memory', 'memories');
      const { tokens, tokenizer, queryTimeMs } = result;
      context.err(`${count}, ${tokens} tokens of ${tokenizer}, ${queryTimeMs.toFixed(1)} ms\n`);
    },
  );
}

/** Line by line, without anything that a terminal would obey; messages as JSON. */
function printed({ context }: ContextResult): string {
  if (typeof context !== 'string') return json(context);
  return context === '' ? '' : `${context.split('\n').map(plain).join('\n')}\n`;
}
