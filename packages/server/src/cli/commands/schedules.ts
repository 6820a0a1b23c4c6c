/** `reverie schedules`: dreams by the clock, or after so many changes. */
import type { DreamSchedule, ScheduleInput } from '@reverie/sdk';
import { Command, Option } from 'commander';
import { type ApplyOptions, autoApplyOf } from '../auto-apply-options.ts';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { json, plain } from '../output.ts';
import { parseNumber } from '../parse-number.ts';

export function schedulesCommand(context: CliContext): Command {
  return new Command('schedules')
    .description('start dreams by the clock, or after so many changes')
    .helpCommand(false)
    .addCommand(listCommand(context))
    .addCommand(createCommand(context))
    .addCommand(deleteCommand(context));
}

function listCommand(context: CliContext): Command {
  const command = new Command('list').description('show the schedules of a namespace');
  return withConnection(command).action(async (options: ConnectionOptions) => {
    const schedules = await connect(options, context).schedules();
    if (options.json) return context.out(json(schedules));
    for (const schedule of schedules) context.out(lineOf(schedule));
  });
}

const presets = ['night_synthesis', 'dawn_brief', 'afternoon_reset', 'continuous'];

type CreateOptions = ConnectionOptions &
  ApplyOptions &
  Pick<ScheduleInput, 'preset' | 'cron' | 'timezone' | 'afterWrites'> & {
    readonly strategy?: ScheduleInput['strategies'];
  };

function createCommand(context: CliContext): Command {
  const command = new Command('create')
    .description('by a preset, by cron, or after so many changes')
    .addOption(new Option('--preset <name>', 'when and what').choices(presets))
    .option('--cron <fields>', 'minute, hour, day of the month, month, day of the week')
    .option('--timezone <name>', 'of the IANA database, as Europe/Paris; UTC when absent')
    .option('--after-writes <count>', 'after so many changes of the namespace', parseNumber)
    .option('-s, --strategy <name...>', 'only these; those of the preset, or all, when absent')
    .option('--apply [confidence]', 'apply without a review what is as sure as that', parseNumber)
    .option('--additions-only', 'apply only what leaves stored memories as they are');
  return withConnection(command).action(async (options: CreateOptions) => {
    const { preset, cron, timezone, afterWrites, strategy: strategies } = options;
    const autoApply = autoApplyOf(options);
    const schedule = await connect(options, context).createSchedule({
      ...{ preset, cron, timezone, afterWrites, strategies, autoApply },
    });
    context.out(options.json ? json(schedule) : lineOf(schedule));
  });
}

function deleteCommand(context: CliContext): Command {
  const command = new Command('delete')
    .description('start no more dreams by it; those that it started stay')
    .argument('<id>', 'the id of a schedule');
  return withConnection(command).action(async (id: string, options: ConnectionOptions) => {
    await connect(options, context).deleteSchedule(id);
    context.out(options.json ? json({ deleted: true }) : `deleted ${plain(id)}\n`);
  });
}

function lineOf(schedule: DreamSchedule): string {
  const { id, preset, cron, timezone, afterWrites, nextAt, stopped, lastDream } = schedule;
  const parts = [
    preset ?? undefined,
    cron === null ? undefined : `"${cron}" ${timezone ?? ''}`.trim(),
    afterWrites === null ? undefined : `after ${afterWrites} changes`,
    nextAt === null ? undefined : `next ${nextAt.slice(0, 16)}Z`,
    lastDream === null ? undefined : `last ${lastDream}`,
    stopped === null ? undefined : `stopped: ${stopped}`,
  ];
  return `${id}  ${plain(parts.filter((part) => part !== undefined).join('  '))}\n`;
}
