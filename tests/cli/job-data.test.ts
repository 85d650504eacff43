/** What a job added, listed and removed again, and what was left unfinished, as a person and a script do it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorOf, type Installation, install, stackTrace } from '../support/cli.ts';
import { type CliAws, must, startCliAws } from '../support/cli-aws.ts';
import {
  endLine,
  jobFilesDocument,
  pipelinesDocument,
  previewDocument,
  receiptDocument,
  removalDocument,
  sweepDocument,
  uploadsDocument,
} from './documents.ts';

let cli: Installation;
let aws: CliAws;
beforeAll(async () => {
  cli = install();
  aws = await startCliAws(cli);
  const database = new DatabaseSync(join(cli.home, 'shop.sqlite'));
  database.exec(
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO customers VALUES (1, 'A')",
  );
  database.exec('CREATE TABLE vacant (id INTEGER)');
  database.close();
  must(await cli.run(['source', 'add', '--name', 'shop', '--url', 'sqlite:shop.sqlite']));
  const where = ['--source', 'shop', '--destination', 'lake', '--destination-prefix', 'x'];
  must(await cli.run(['pipeline', 'add', '--name', 'daily', ...where, '--object', 'customers']));
  must(await cli.run(['pipeline', 'add', '--name', 'empty', ...where, '--object', 'vacant']));
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
  cli[Symbol.dispose]();
});

const signedIn = () => ({ env: aws.env });
const loaded = async (pipeline = 'daily'): Promise<string> => {
  const { lines } = await cli.json(['load', pipeline, '--force'], signedIn());
  return endLine.parse(lines.at(-1)).jobId;
};

describe('the data of a job', () => {
  test('is listed, removed with --yes and not without, and then shown as removed', async () => {
    const jobId = await loaded();
    const { files } = await cli.document(jobFilesDocument, ['jobs', 'files', jobId]);
    const keys = files.map(({ key }) => key);
    expect(keys).toEqual(await aws.keys());
    const asked = await cli.json(['jobs', 'remove-data', jobId], signedIn());
    expect(errorOf(asked)).toMatchObject({
      exit: 2,
      code: 'INPUT_INVALID',
      fix: expect.stringContaining('--yes'),
    });
    expect(await aws.keys()).toEqual(keys);
    const removal = await cli.document(removalDocument, ['jobs', 'remove-data', jobId, '--yes'], signedIn());
    expect(removal).toEqual({ jobId, removed: keys, left: [], versionsKept: false });
    expect(await aws.keys()).toEqual([]);
    const shown = await cli.run(['jobs', 'show', jobId]);
    expect(shown.stdout).toMatch(/\nstate +completed\n/);
    expect(shown.stdout).toMatch(/\nremoved +\d{4}-.*Z: what it added is not there any more\n/);
    expect((await cli.run(['jobs'])).stdout).toMatch(/ removed \d{4}-/);
    const again = await cli.run(['jobs', 'remove-data', jobId, '--yes'], signedIn());
    expect(again).toMatchObject({ code: 0, stdout: 'Removed 1 file.\n', stderr: '' });
  });

  test('of a load without rows is nothing', async () => {
    const jobId = await loaded('empty');
    expect(await cli.document(jobFilesDocument, ['jobs', 'files', jobId])).toMatchObject({ files: [] });
    const removal = await cli.json(['jobs', 'remove-data', jobId, '--yes'], signedIn());
    expect(errorOf(removal)).toMatchObject({ exit: 2, code: 'INPUT_INVALID' });
  });

  test('that was changed stays, is named, and the exit code says so', async () => {
    const jobId = await loaded();
    const { files } = await cli.document(jobFilesDocument, ['jobs', 'files', jobId]);
    const key = files[0]?.key ?? '';
    writeFileSync(aws.sandbox.fileOf('cli-tests', key) ?? '', 'changed');
    const { code, stdout, stderr } = await cli.run(['jobs', 'remove-data', jobId, '--yes'], signedIn());
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(
      /^Removed 0 files\.\nThese were left:\n {2}landing\/x_shop_customers.*7 bytes; the receipt says/,
    );
    expect(await aws.keys()).toEqual([key]);
  });
});

test('uploads that may not be listed are told to be so, with the rule that expires them; none is touched', async () => {
  const { endpoint, region, user } = aws.sandbox;
  const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials: user });
  const Key = 'landing/x_shop_customers/part-00001-0badcafe.csv.gz';
  await s3.send(new CreateMultipartUploadCommand({ Bucket: 'cli-tests', Key }));
  s3.destroy();
  const limitation = expect.stringContaining('s3:ListBucketMultipartUploads');
  const { lifecycleRule, ...found } = await cli.document(
    uploadsDocument,
    ['uploads', 'list', 'lake'],
    signedIn(),
  );
  expect(found).toEqual({ uploads: [], lost: [], limitation });
  expect(JSON.parse(lifecycleRule)).toMatchObject({ Rules: [{ Filter: { Prefix: 'landing/' } }] });
  const swept = await cli.document(sweepDocument, ['uploads', 'sweep', 'lake'], signedIn());
  expect(swept).toEqual({ aborted: [], left: [], limitation, lifecycleRule });
  const { stdout, stderr, code } = await cli.run(['uploads', 'list', 'lake'], signedIn());
  expect(code).toBe(0);
  expect(stderr).toMatch(/^warning: S3 does not list .*s3:ListBucketMultipartUploads/);
  expect(stdout).toContain('AbortIncompleteMultipartUpload');
  expect(stdout + stderr).not.toMatch(stackTrace);
  expect(aws.uploads()).toEqual([Key]);
});

test('the same content is refused without --force; a manifest is written where the pipeline asks for one', async () => {
  const where = ['--source', 'shop', '--destination', 'lake', '--destination-prefix', 'm'];
  must(
    await cli.run(['pipeline', 'add', '--name', 'sealed', ...where, '--object', 'customers', '--manifest']),
  );
  const { pipelines } = await cli.document(pipelinesDocument, ['pipeline', 'list']);
  expect(pipelines.map(({ manifest }) => manifest)).toEqual([undefined, undefined, true]);
  const { manifestKey } = await cli.document(previewDocument, ['preview', 'sealed']);
  expect(manifestKey).toMatch(/^landing\/_sluice\/date=.*\/job_id=.*\/manifest\.json$/);
  const first = await cli.json(['load', 'sealed'], signedIn());
  expect(first.code).toBe(0);
  const { jobId } = endLine.parse(first.lines.at(-1));
  const { manifest } = await cli.document(receiptDocument, ['jobs', 'show', jobId]);
  expect(await aws.keys()).toContain(manifest?.key);
  const second = await cli.json(['load', 'sealed'], signedIn());
  expect(second.code).toBe(1);
  expect(endLine.parse(second.lines.at(-1))).toMatchObject({
    ...{ state: 'failed', error: { code: 'ALREADY_APPENDED', fix: expect.stringContaining('--force') } },
  });
});

test.each([
  [['jobs', 'remove-data', 'd12d74f4-d647-4929-a5a6-d329afd916f4', '--yes'], 2, 'NOT_FOUND'],
  [['jobs', 'files', 'd12d74f4-d647-4929-a5a6-d329afd916f4'], 2, 'NOT_FOUND'],
  [['uploads', 'list', 'nowhere'], 2, 'NOT_FOUND'],
  [['uploads', 'sweep', 'nowhere'], 2, 'NOT_FOUND'],
])('%j is refused', async (args, exit, code) => {
  expect(errorOf(await cli.json(args, signedIn()))).toMatchObject({ exit, code });
});
