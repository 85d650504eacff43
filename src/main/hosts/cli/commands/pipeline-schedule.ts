/** `pipeline schedule`: what to paste so that the system loads a pipeline every day. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type Scheduler,
  scheduleAdvice,
  schedulerSchema,
  schedulerWords,
  timeOfDaySchema,
  usualTime,
} from '../../../../shared/schedule.ts';
import { act } from '../command.ts';

export function addScheduleCommand(pipeline: Command): void {
  pipeline
    .command('schedule <name>')
    .summary('print what loads a pipeline every day')
    .description(
      'Prints a line for cron, the units of a systemd timer and a command for the Windows Task Scheduler. Sets nothing up by itself.',
    )
    .option('--at <time>', 'HH:MM by the clock of this computer', timeOfDay, usualTime)
    .addOption(new Option('--for <scheduler>', 'only this one').choices(schedulerSchema.options))
    .addHelpText(
      'after',
      `
Examples:
  sluice pipeline schedule daily --at 06:30
  (crontab -l; sluice pipeline schedule daily --for cron) | crontab -`,
    )
    .action(
      act(async ({ terminal, core }, name: string, options: ScheduleOptions) => {
        const { client } = await core();
        const { schedules } = await client.pipelines.schedule({ name, at: options.at });
        const wanted = schedules.filter(
          ({ scheduler }) => options.for === undefined || scheduler === options.for,
        );
        const lines = wanted.flatMap(({ scheduler, text }) =>
          // alone it is what a pipe takes, and nothing beside it
          options.for === undefined
            ? [`${schedulerWords[scheduler].name}. ${schedulerWords[scheduler].how}`, '', text, '']
            : [text],
        );
        terminal.result({ pipeline: name, at: options.at, schedules: wanted }, lines);
        if (!terminal.json) terminal.warn(scheduleAdvice);
        return undefined;
      }),
    );
}

interface ScheduleOptions {
  readonly at: string;
  readonly for?: Scheduler;
}

function timeOfDay(text: string): string {
  if (timeOfDaySchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('It is written like 02:00.');
}
