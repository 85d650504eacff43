import type { Command } from 'commander';
import type { UnfinishedUploads } from '../../../../shared/model.ts';
import { act } from '../command.ts';
import { count, type Terminal, table } from '../terminal.ts';

export function addUploadsCommands(program: Command): void {
  const uploads = program
    .command('uploads')
    .description('Unfinished uploads that ended jobs left: invisible in the bucket, and paid for.');

  uploads
    .command('list <destination>')
    .summary('list unfinished uploads, and whose they are')
    .addHelpText('after', '\nExample:\n  sluice uploads list lake')
    .action(
      act(async ({ terminal, core, signal }, destination: string) => {
        const found = await (await core()).client.uploads.list({ destination }, { signal });
        const rows = found.uploads.map(({ key, uploadId, owner, jobId, startedAt }) => [
          key,
          uploadId,
          ownerWords(owner, jobId),
          startedAt ?? '',
        ]);
        const lost = found.lost.map(({ key, owner, jobId }) => [
          key,
          '(id unknown)',
          ownerWords(owner, jobId),
          '',
        ]);
        const nothing = lost.length === 0 ? ['No unfinished uploads.'] : [];
        terminal.result(found, [
          ...(rows.length === 0 ? nothing : table(rows)),
          ...(lost.length === 0
            ? []
            : ['Of these files there may be one; the answer of S3 was lost:', ...table(lost)]),
        ]);
        sayLimitation(found, terminal);
        return undefined;
      }),
    );

  uploads
    .command('sweep <destination>')
    .summary('remove those that ended jobs of this installation left')
    .description(
      'Aborts the unfinished uploads of ended jobs of this installation, and no others: what an interrupted job needs goes with its resume or discard.',
    )
    .addHelpText('after', '\nExample:\n  sluice uploads sweep lake')
    .action(
      act(async ({ terminal, core, signal }, destination: string) => {
        const swept = await (await core()).client.uploads.sweep({ destination }, { signal });
        const { aborted, left } = swept;
        terminal.result(swept, [
          aborted.length === 1 ? 'Removed 1 upload.' : `Removed ${count(aborted.length)} uploads.`,
          ...(left.length === 0 ? [] : ['These were left:']),
          ...table(left.map(({ key, uploadId, reason }) => [`  ${key}`, uploadId, reason])),
        ]);
        sayLimitation(swept, terminal);
        if (left.length > 0) terminal.say(`A lifecycle rule expires them:\n${swept.lifecycleRule}`);
        return left.length === 0 ? 0 : 1;
      }),
    );
}

type Owner = UnfinishedUploads['uploads'][number]['owner'];

function ownerWords(owner: Owner, jobId: string | null): string {
  if (owner === 'foreign') return 'not of this installation: left alone';
  if (owner === 'running') return `of the running job ${jobId}`;
  if (owner === 'interrupted') return `of the interrupted job ${jobId}: resume or discard it`;
  return `left by the job ${jobId}`;
}

function sayLimitation(
  { limitation, lifecycleRule }: Pick<UnfinishedUploads, 'limitation' | 'lifecycleRule'>,
  terminal: Terminal,
): void {
  if (limitation === null) return;
  terminal.warn(limitation);
  terminal.say(`A lifecycle rule of the bucket expires unfinished uploads by itself:\n${lifecycleRule}`);
}
