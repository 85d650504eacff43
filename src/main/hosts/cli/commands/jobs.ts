import type { Command } from 'commander';
import { SluiceError } from '../../../../shared/errors.ts';
import type { Receipt } from '../../../../shared/model.ts';
import { nearest } from '../../../../shared/nearest.ts';
import { act } from '../command.ts';
import { count, size, table } from '../terminal.ts';
import { addJobDataCommands } from './job-data.ts';

export function addJobsCommand(program: Command): void {
  const jobs = program
    .command('jobs')
    .summary('list the jobs; show, check or undo one')
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
          job.removedAt === undefined ? '' : `removed ${job.removedAt}`,
          job.setAside === undefined ? '' : `${count(job.setAside)} set aside`,
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

  addJobDataCommands(jobs);
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
  const { destination, sourceVersion } = receipt;
  return [
    `job       ${receipt.jobId}`,
    `pipeline  ${receipt.pipeline}`,
    `state     ${receipt.state.replaceAll('_', ' ')}`,
    `started   ${receipt.startedAt}`,
    `ended     ${receipt.endedAt ?? '-'}`,
    `snapshot  ${receipt.snapshotAt ?? '-'}`,
    ...receipt.resumedAt.map((at) => `resumed   ${at}`),
    `source    ${receipt.database}${sourceVersion === null ? '' : `, ${sourceVersion}`}`,
    `bucket    ${receipt.bucket}, ${destination.region}${destination.endpoint === undefined ? '' : `, ${destination.endpoint}`}`,
    ...(receipt.options === undefined ? [] : [`gzip      level ${receipt.options.gzipLevel}`]),
    `sluice    ${receipt.version}`,
    ...(receipt.forced ? ['forced    also what had been appended before'] : []),
    ...(receipt.manifest === null ? [] : [`manifest  ${receipt.manifest.key}`]),
    ...removalLines(receipt),
    ...(receipt.error === undefined ? [] : [`error     ${receipt.error.message}. ${receipt.error.fix}`]),
    ...(receipt.leftUploads ?? []).map(leftLine),
    ...receipt.objects.flatMap(objectLines),
  ];
}

const leftLine = ({ key, uploadId }: NonNullable<Receipt['leftUploads']>[number]): string =>
  uploadId === null
    ? `left      perhaps an unfinished upload of ${key}: the answer of S3 was lost`
    : `left      the unfinished upload ${uploadId} of ${key}`;

function removalLines({ jobId, removedAt, removalStartedAt }: Receipt): string[] {
  if (removedAt !== undefined) return [`removed   ${removedAt}: what it added is not there any more`];
  if (removalStartedAt === undefined) return [];
  return [`removed   in part, since ${removalStartedAt}; go on: sluice jobs remove-data ${jobId}`];
}

function objectLines(object: Receipt['objects'][number]): string[] {
  const { readFrom, readTo, contentHash, warnings = [], error } = object;
  return [
    '',
    `${object.object}: ${object.state}, ${count(object.rows)} rows`,
    ...(readFrom === undefined ? [] : [`  read ${readFrom} to ${readTo ?? '?'}`]),
    ...(contentHash === undefined ? [] : [`  content ${contentHash}`]),
    ...warnings.map((warning) => `  warning: ${warning}`),
    ...(error === undefined ? [] : [`  error: ${error.message}. ${error.fix}`]),
    ...table(
      object.files.map((file) => [
        `  ${file.key}`,
        `${count(file.rows)} rows`,
        file.csvBytes === undefined ? size(file.bytes) : `${size(file.bytes)} of ${size(file.csvBytes)} CSV`,
        file.checksum,
        file.removedAt === undefined ? '' : `removed ${file.removedAt}`,
      ]),
    ),
  ];
}
