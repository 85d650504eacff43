import { join } from 'node:path';
import type { Command } from 'commander';
import type { ContractClient } from '../../../../shared/contract.ts';
import { SluiceError } from '../../../../shared/errors.ts';
import type { Pipeline } from '../../../../shared/model.ts';
import type { Practice } from '../../practice.ts';
import { act, type Session } from '../command.ts';
import { showTest } from '../show-test.ts';
import { count, size, type Terminal, table } from '../terminal.ts';
import { verified } from './job-data.ts';
import { followJob } from './load.ts';

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .summary('show everything once, without an account')
    .description(
      'Starts the embedded S3 and STS, makes a sample database, sets up a role with an external ID, tests it, loads, and reads every file back. Everything stays on this computer, in the folder "demo" of the data folder.',
    )
    .addHelpText('after', '\nExample:\n  sluice demo')
    .action(
      act(async (session) => {
        const { dataFolder, openCore } = await import('../../../core/index.ts');
        const { practiceIn } = await import('../../practice.ts');
        const folder = dataFolder(join(await session.folder(), 'demo'));
        await using practice = practiceIn(join(folder, 'practice'));
        await using core = openCore(folder, { practice });
        for (const notice of core.notices()) session.terminal.warn(notice);
        return await demonstrate({ ...session, core: async () => core }, core.client, practice);
      }),
    );
}

async function demonstrate(session: Session, client: ContractClient, practice: Practice): Promise<number> {
  const { terminal, signal } = session;
  const { externalId } = await client.access.externalId();
  const { endpoint, bucket, database } = await practice.ground(externalId);
  terminal.say(`1. A practice S3 and STS run on ${endpoint}.`);
  terminal.say(`   Its role trusts one identity only, with the external ID ${externalId}.`);

  const { pipeline } = await client.practice.start(undefined, { signal });
  const { destination, objects } = await pipelineNamed(client, pipeline);
  terminal.say('\n2. The destination, tested right by right:');
  const events = await client.destinations.test({ name: destination }, { signal });
  const stopWaiting = (wait: string) => client.destinations.stopWaiting({ wait });
  const tested = await showTest({ events, terminal: quiet(terminal), stopWaiting });
  if (tested !== 0) return tested;

  terminal.say(`\n3. The sample database ${database} has ${objects.length} objects. A load would write to:`);
  const preview = await client.pipelines.preview({ name: pipeline });
  for (const { path } of preview.objects) terminal.say(`   ${path}`);

  terminal.say('\n4. The load:');
  const { jobId } = await client.jobs.start({ pipeline, force: true }, { signal });
  const end = await followJob({ ...session, terminal: quiet(terminal) }, jobId);
  if (end.state !== 'completed') {
    throw new SluiceError('JOB_FAILED', `The load ended as ${end.state}`, { details: { jobId } });
  }

  const checked = await verified({ ...session, terminal: quiet(terminal) }, jobId);
  const files = checked.files.map((file) => ({
    ...file,
    file: practice.fileOf(bucket, file.key) ?? '',
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
    endpoint,
    files,
  });
  return passed ? 0 : 1;
}

/** The demo has one result; the streams of its steps are for people only. */
const quiet = (terminal: Terminal): Terminal => ({ ...terminal, emit: () => undefined });

async function pipelineNamed(client: ContractClient, name: string): Promise<Pipeline> {
  const pipeline = (await client.pipelines.list()).find((item) => item.name === name);
  if (pipeline === undefined) throw new SluiceError('NOT_FOUND', `There is no pipeline named "${name}"`);
  return pipeline;
}
