import type { Command } from 'commander';
import { SluiceError } from '../../../../shared/errors.ts';
import type { Receipt } from '../../../../shared/model.ts';
import { nearest } from '../../../../shared/nearest.ts';
import { act } from '../command.ts';
import { count, size, table } from '../terminal.ts';

export function addJobsCommand(program: Command): void {
  const jobs = program
    .command('jobs')
    .summary('list the jobs; show or check one')
    .description('Lists the jobs, newest first.')
    .allowExcessArguments()
    .addHelpText('after', '\nExample:\n  sluice jobs')
    .action(
      act(async ({ terminal, core }, _options: object, command: Command) => {
        const [unknown] = command.args;
        if (unknown !== undefined) throw unknownCommand(unknown, command);
        const list = await (await core()).client.jobs.list();
        const rows = list.map((job) => [
          job.jobId,
          job.pipeline,
          job.state.replaceAll('_', ' '),
          job.startedAt,
          `${count(job.rows)} rows`,
          job.files === 1 ? '1 file' : `${count(job.files)} files`,
        ]);
        terminal.result({ jobs: list }, rows.length === 0 ? ['No jobs yet.'] : table(rows));
        return undefined;
      }),
    );

  jobs
    .command('show <job-id>')
    .summary('print the receipt of a job')
    .option('--csv', 'as CSV for spreadsheets: a line per file')
    .addHelpText(
      'after',
      '\nExamples:\n  sluice jobs show d12d74f4-…\n  sluice jobs show d12d74f4-… --csv > receipt.csv',
    )
    .action(
      act(async ({ terminal, core }, jobId: string, options: { readonly csv?: boolean }) => {
        const { client } = await core();
        if (options.csv === true) {
          const { csv } = await client.jobs.receiptCsv({ jobId });
          terminal.document(csv.trimEnd());
          return undefined;
        }
        const receipt = await client.jobs.show({ jobId });
        terminal.result(receipt, receiptLines(receipt));
        return undefined;
      }),
    );

  jobs
    .command('verify <job-id>')
    .summary('read the files back and compare them with the receipt')
    .addHelpText('after', '\nExample:\n  sluice jobs verify d12d74f4-…')
    .action(
      act(async ({ terminal, core, signal }, jobId: string) => {
        const checked = await (await core()).client.jobs.verify({ jobId }, { signal });
        const rows = checked.files.map((file) => [
          file.verdict === 'passed' ? '✓' : '✗',
          file.key,
          file.cause ?? `${count(file.rows ?? 0)} rows, ${size(file.bytes ?? 0)}`,
        ]);
        const passed = checked.result === 'passed';
        const words = passed
          ? 'Every file is as the receipt says.'
          : 'Some files are not as the receipt says.';
        terminal.result(checked, [...table(rows), rows.length === 0 ? 'This job wrote no files.' : words]);
        return passed ? 0 : 1;
      }),
    );
}

/** Said here, since commander takes a word after a command that runs by itself for an argument. */
function unknownCommand(text: string, { commands }: Command): SluiceError {
  const near = nearest(
    text,
    commands.map((command) => command.name()),
  );
  return new SluiceError('INPUT_INVALID', `There is no command "jobs ${text}"`, {
    fix: `${near === undefined ? '' : `Did you mean "jobs ${near}"? `}See "sluice jobs --help".`,
  });
}

function receiptLines(receipt: Receipt): string[] {
  return [
    `job       ${receipt.jobId}`,
    `pipeline  ${receipt.pipeline}`,
    `state     ${receipt.state.replaceAll('_', ' ')}`,
    `started   ${receipt.startedAt}`,
    `ended     ${receipt.endedAt ?? '-'}`,
    `snapshot  ${receipt.snapshotAt ?? '-'}`,
    ...receipt.resumedAt.map((at) => `resumed   ${at}`),
    `bucket    ${receipt.bucket}`,
    ...(receipt.error === undefined ? [] : [`error     ${receipt.error.message}. ${receipt.error.fix}`]),
    ...receipt.objects.flatMap((object) => [
      '',
      `${object.object}: ${object.state}, ${count(object.rows)} rows`,
      ...(object.warnings ?? []).map((warning) => `  warning: ${warning}`),
      ...(object.error === undefined ? [] : [`  error: ${object.error.message}. ${object.error.fix}`]),
      ...table(
        object.files.map((file) => [
          `  ${file.key}`,
          `${count(file.rows)} rows`,
          size(file.bytes),
          file.checksum,
        ]),
      ),
    ]),
  ];
}
