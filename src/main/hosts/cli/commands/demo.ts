import { join } from 'node:path';
import type { Command } from 'commander';
import { SluiceError } from '../../../../shared/errors.ts';
import type { Practice } from '../../practice.ts';
import { act, type Session } from '../command.ts';
import { count, size, table } from '../terminal.ts';
import { showTest } from './destination.ts';
import { followJob } from './load.ts';

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .summary('show everything once, without an account')
    .description(
      'Starts the embedded S3 and STS, makes a sample database, sets up a role with an external ID, tests it, loads, and reads every file back. Everything stays on this computer, in the folder "demo" of the data folder.',
    )
    .action(
      act(async (session) => {
        const { startPractice } = await import('../../practice.ts');
        await using practice = await startPractice(join(await session.folder(), 'demo'));
        return await demonstrate({ ...session, core: async () => practice.core }, practice);
      }),
    );
}

async function demonstrate(session: Session, practice: Practice): Promise<number> {
  const { terminal, signal } = session;
  const { client } = practice.core;
  const { sandbox, destination } = practice;
  await forget(practice);

  terminal.say(`1. A practice S3 and STS run on ${sandbox.endpoint}.`);
  const { externalId } = await client.access.externalId();
  terminal.say(`   Its role trusts one identity only, with the external ID ${externalId}.`);

  terminal.say('\n2. The destination is tested right by right, and saved:');
  const events = await client.destinations.save({ settings: destination, draft: false }, { signal });
  const tested = await showTest(events, { ...terminal, emit: () => undefined });
  if (tested !== 0) return tested;

  const source = { name: 'shop', location: { kind: 'sqlite' as const, path: practice.database } };
  await client.sources.save(source, { signal });
  const { objects } = await client.pipelines.save(
    {
      name: 'demo',
      source: 'shop',
      destination: destination.name,
      destinationPrefix: 's3_1',
      partitionKey: '${YEAR}/${MONTH}/${DAY}/${JOB_ID}',
      timeZone: 'UTC',
      objects: 'all',
    },
    { signal },
  );
  terminal.say(
    `\n3. The sample database ${practice.database} has ${objects.length} objects. A load would write to:`,
  );
  const preview = await client.pipelines.preview({ name: 'demo' });
  for (const { path } of preview.objects) terminal.say(`   ${path}`);

  terminal.say('\n4. The load:');
  const { jobId } = await client.jobs.start({ pipeline: 'demo' }, { signal });
  const end = await followJob({ ...session, terminal: { ...terminal, emit: () => undefined } }, jobId);
  if (end.state !== 'completed') {
    throw new SluiceError('JOB_FAILED', `The load ended as ${end.state}`, { details: { jobId } });
  }

  const checked = await client.jobs.verify({ jobId }, { signal });
  const files = checked.files.map((file) => ({
    ...file,
    file: sandbox.fileOf(destination.bucket, file.key) ?? '',
  }));
  terminal.say('\n5. Read back: every file, its rows, its bytes and its checksum.');
  const rows = files.map(({ verdict, rows, bytes, file }) => [
    `   ${verdict === 'passed' ? '✓' : '✗'}`,
    `${count(rows ?? 0)} rows`,
    size(bytes ?? 0),
    file,
  ]);
  for (const line of table(rows)) terminal.say(line);
  const passed = checked.result === 'passed';
  terminal.say(
    passed
      ? '\nAll of it is there. Open a file with: gzip -dc FILE'
      : '\nSome files are not as they should be.',
  );
  terminal.emit({
    jobId,
    state: end.state,
    result: checked.result,
    externalId,
    endpoint: sandbox.endpoint,
    files,
  });
  return passed ? 0 : 1;
}

/** An earlier demo's settings name a port that is gone. What it loaded stays: a load appends. */
async function forget({ core: { client } }: Practice): Promise<void> {
  for (const { name } of await client.pipelines.list()) await client.pipelines.remove({ name });
  for (const { name } of await client.sources.list()) await client.sources.remove({ name });
  for (const { name } of await client.destinations.list()) await client.destinations.remove({ name });
}
