import type { Command } from 'commander';
import type { Receipt } from '../../../../shared/model.ts';
import { act } from '../command.ts';
import { count, size, table } from '../terminal.ts';

export function addJobsCommand(program: Command): void {
  const jobs = program
    .command('jobs')
    .summary('list the jobs; show or check one')
    .description('Lists the jobs, newest first.')
    .action(
      act(async ({ terminal, core }) => {
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
    .action(
      act(async ({ terminal, core }, jobId: string) => {
        const receipt = await (await core()).client.jobs.show({ jobId });
        terminal.result(receipt, receiptLines(receipt));
        return undefined;
      }),
    );

  jobs
    .command('verify <job-id>')
    .summary('read the files back and compare them with the receipt')
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
