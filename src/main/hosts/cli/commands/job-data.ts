/** What a job added to its bucket: listed, checked, and removed again. */
import type { Command } from 'commander';
import type { Receipt, Removal, Verification, VerifyEvent } from '../../../../shared/model.ts';
import { act, type Session } from '../command.ts';
import { confirm } from '../confirm.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { count, size, type Terminal, table } from '../terminal.ts';

export function addJobDataCommands(jobs: Command): void {
  jobs
    .command('files <job-id>')
    .summary('list what a job added')
    .description('Lists the files that a job added to the bucket, and its manifest where it has one.')
    .addHelpText('after', '\nExample:\n  sluice jobs files d12d74f4-…')
    .action(
      act(async ({ terminal, core }, jobId: string) => {
        const receipt = await (await core()).client.jobs.show({ jobId });
        const { bucket, removedAt } = receipt;
        const files = filesOf(receipt);
        const rows = files.map((file) => [
          `s3://${bucket}/${file.key}`,
          file.rows === null ? 'manifest' : `${count(file.rows)} rows`,
          size(file.bytes),
          file.checksum,
          file.removedAt === undefined ? '' : `removed ${file.removedAt}`,
        ]);
        terminal.result(
          { jobId, bucket, ...(removedAt === undefined ? {} : { removedAt }), files },
          rows.length === 0 ? ['This job added no files.'] : table(rows),
        );
        return undefined;
      }),
    );

  jobs
    .command('verify <job-id>')
    .summary('read the files back and compare them with the receipt')
    .addHelpText('after', '\nExample:\n  sluice jobs verify d12d74f4-…')
    .action(
      act(async (session, jobId: string) => {
        const checked = await verified(session, jobId);
        const rows = checked.files.map((file) => [
          file.verdict === 'passed' ? '✓' : '✗',
          file.key,
          file.cause ??
            `${file.rows === null ? 'manifest' : `${count(file.rows)} rows`}, ${size(file.bytes ?? 0)}`,
        ]);
        const passed = checked.result === 'passed';
        const words = passed
          ? 'Every file is as the receipt says.'
          : 'Some files are not as the receipt says.';
        session.terminal.result(checked, [
          ...table(rows),
          rows.length === 0 ? 'This job wrote no files.' : words,
        ]);
        return passed ? 0 : 1;
      }),
    );

  jobs
    .command('remove-data <job-id>')
    .summary('remove what a job added, exactly those files')
    .description(
      'Removes the files that a job added, after a confirmation. A file that is not as the job left it stays, and is named. The receipt stays, too.',
    )
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  sluice jobs remove-data d12d74f4-… --yes')
    .action(
      act(async (session, jobId: string, options: { readonly yes?: boolean }) => {
        const { client } = await session.core();
        await confirm(questionFor(await client.jobs.show({ jobId })), options.yes === true, session.signal);
        return showRemoval(await removed(session, jobId), session.terminal);
      }),
    );
}

type JobFile = Pick<
  Receipt['objects'][number]['files'][number],
  'key' | 'bytes' | 'checksum' | 'removedAt'
> & {
  /** Null for the manifest. */
  readonly rows: number | null;
};

const filesOf = ({ objects, manifest }: Receipt): JobFile[] => [
  ...objects.flatMap(({ files }) => files),
  ...(manifest === null ? [] : [{ ...manifest, rows: null }]),
];

function questionFor(receipt: Receipt): string {
  const files = filesOf(receipt).filter(({ removedAt }) => removedAt === undefined);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const many = files.length === 1 ? '1 file' : `${count(files.length)} files`;
  return `Remove ${many} (${size(bytes)}) that the job ${receipt.jobId} of "${receipt.pipeline}" added to ${receipt.bucket}?`;
}

/** Checks a job, with its progress at the terminal. The session's signal stops it. */
export async function verified({ core, signal, terminal }: Session, jobId: string): Promise<Verification> {
  let latest: VerifyEvent | undefined;
  for await (const event of await (await core()).client.jobs.verify({ jobId }, { signal })) {
    latest = event;
    if (event.event === 'end') continue;
    const { done, files, bytesRead, bytes } = event;
    terminal.progress(`${count(done)} of ${count(files)} files  ${size(bytesRead)} of ${size(bytes)} read`);
  }
  terminal.progress('');
  signal.throwIfAborted();
  if (latest?.event !== 'end') throw new Error('the check did not say how it ended');
  return latest.verification;
}

async function removed({ core, signal, terminal }: Session, jobId: string): Promise<Removal> {
  let removal: Removal | undefined;
  for await (const event of await (await core()).client.jobs.removeData({ jobId }, { signal })) {
    if (event.event === 'end') removal = event.removal;
    else terminal.progress(`${count(event.done)} of ${count(event.files)} files`);
  }
  terminal.progress('');
  signal.throwIfAborted();
  if (removal === undefined) throw new Error('the removal did not say how it ended');
  return removal;
}

function showRemoval(removal: Removal, terminal: Terminal): number {
  const { removed, left, versionsKept } = removal;
  const [first] = left;
  terminal.result(removal, [
    removed.length === 1 ? 'Removed 1 file.' : `Removed ${count(removed.length)} files.`,
    ...(versionsKept
      ? [
          'The bucket keeps versions: what was removed is hidden, but still stored until its versions are deleted.',
        ]
      : []),
    ...(first === undefined ? [] : ['These were left:']),
    ...table(left.map(({ key, reason }) => [`  ${key}`, reason])),
  ]);
  return first === undefined ? 0 : exitCodeOf(first.code);
}
