/** The disk under the journal is full in the middle of a load: said, nothing half-done visible, and mended by space. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { receiptDocument } from '../cli/documents.ts';
import { errorOf, type Installation, install } from '../support/cli.ts';
import { type CliAws, startCliAws } from '../support/cli-aws.ts';
import { canMount, fillDisk, smallDisk } from '../support/small-disk.ts';
import {
  discards,
  endOf,
  expectExact,
  expectOnly,
  heldAt,
  makeShop,
  newestJob,
  resumes,
  startLoad,
} from './ground.ts';

interface Ground {
  readonly cli: Installation;
  readonly aws: CliAws;
  readonly disk: string;
}

async function onSmallDisk(args: readonly string[] = []): Promise<Ground> {
  const disk = smallDisk(3 * 1024);
  const cli = install({ dataDir: disk });
  const aws = await startCliAws(cli);
  onTestFinished(async () => {
    await aws[Symbol.asyncDispose]();
    cli[Symbol.dispose]();
  });
  await makeShop(cli, { args });
  return { cli, aws, disk };
}

/** Space is made again, as a user would. */
function makeSpace(disk: string): void {
  for (const name of readdirSync(disk)) if (name.startsWith('fill-')) rmSync(join(disk, name));
}

/** Loads, and fills the disk while the first request of an operation is under way. */
async function fullAt(operation: string, { cli, aws, disk }: Ground) {
  const { running, held } = await heldAt(aws, operation, () => startLoad(cli, aws.env));
  fillDisk(disk, 0);
  held.open();
  const result = await running.ended;
  const end = endOf(result);
  expect(result.code).toBe(1);
  expect(end).toMatchObject({ state: 'interrupted', error: { code: 'DISK_FULL' } });
  expect(end.error?.message).toContain(disk);
  expect(end.error?.fix).toContain('resume the job');
  return end;
}

test.skipIf(!canMount).each([
  ['CreateMultipartUpload', 'resumed'],
  ['CreateMultipartUpload', 'discarded'],
  ['UploadPart', 'resumed'],
  ['UploadPart', 'discarded'],
] as const)('full during %s, then %s: needs root and tmpfs', async (operation, then) => {
  const ground = await onSmallDisk();
  const { cli, aws, disk } = ground;
  const { jobId } = await fullAt(operation, ground);
  // The small table was complete, and recorded, before.
  await expectOnly(aws, jobId, ['small']);
  makeSpace(disk);
  expect(await newestJob(cli)).toMatchObject({ jobId, state: 'interrupted' });
  if (then === 'resumed') await resumes(cli, aws, jobId);
  else if (operation === 'UploadPart') await discards(cli, aws, jobId, ['small']);
  else {
    // The id of the upload could not be written down, nor that it was aborted; this policy does not let us look.
    const error = errorOf(await cli.json(['load', '--discard', jobId], { env: aws.env }));
    expect(error).toMatchObject({ exit: 1, code: 'UPLOAD_LEFT' });
    expect(error.message).toContain('perhaps an upload of landing/daily_shop_large/');
    expect(await newestJob(cli)).toMatchObject({ jobId, state: 'cancelled' });
    await expectOnly(aws, jobId, ['small']);
  }
});

test.skipIf(!canMount).each(['resumed', 'discarded'] as const)(
  'full while the file is made visible, then %s: needs root and tmpfs',
  async (then) => {
    const ground = await onSmallDisk();
    const { cli, aws, disk } = ground;
    // That it may be visible was recorded before; that it is cannot be.
    const { jobId } = await fullAt('CompleteMultipartUpload', ground);
    expect(aws.uploads()).toEqual([]);
    makeSpace(disk);
    if (then === 'resumed') await resumes(cli, aws, jobId);
    else await discards(cli, aws, jobId, ['small']);
  },
);

test.skipIf(!canMount)('full while the manifest is written, then resumed: needs root and tmpfs', async () => {
  const ground = await onSmallDisk(['--manifest']);
  const { cli, aws, disk } = ground;
  const isManifest = (key: string | undefined): boolean => key?.endsWith('manifest.json') === true;
  aws.intercept = ({ operation, key }) => {
    if (operation === 'PutObject' && isManifest(key)) fillDisk(disk, 0);
    return undefined;
  };
  const running = startLoad(cli, aws.env);
  const result = await running.ended;
  const end = endOf(result);
  expect(end).toMatchObject({ state: 'interrupted', error: { code: 'DISK_FULL' } });
  expect(end.error?.message).toContain(disk);
  aws.intercept = undefined;
  makeSpace(disk);
  const again = await cli.json(['load', '--resume', end.jobId], { env: aws.env });
  expect({ code: again.code, state: endOf(again).state }).toEqual({ code: 0, state: 'completed' });
  await expectExact(aws, end.jobId);
  const { manifest, state } = await cli.document(receiptDocument, ['jobs', 'show', end.jobId]);
  expect(state).toBe('completed');
  expect((await aws.keys()).filter(isManifest)).toEqual([manifest?.key]);
});

test.skipIf(!canMount)(
  'a history on a full disk says why it cannot be opened: needs root and tmpfs',
  async () => {
    const { cli, aws, disk } = await onSmallDisk();
    const { jobId } = endOf(await startLoad(cli, aws.env).ended);
    fillDisk(disk, 0);
    // SQLite keeps an index of its log beside the file, which takes space also for reading.
    const error = errorOf(await cli.json(['jobs', 'show', jobId]));
    expect(error).toMatchObject({ exit: 1, code: 'DISK_FULL', message: expect.stringContaining(disk) });
    makeSpace(disk);
    expect((await cli.document(receiptDocument, ['jobs', 'show', jobId])).state).toBe('completed');
  },
);
