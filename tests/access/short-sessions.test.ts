/** Loads that outlive their sessions. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { trustPolicy } from '../../src/shared/iam.ts';
import { bodyOf, bucketName, type Rig, startRig } from '../core/rig.ts';
import { writeTable } from '../core/tables.ts';
import { loaderPolicy } from '../support/loader-policy.ts';

const MiB = 1024 * 1024;
let rig: Rig;
let csv: string;

async function start(sessionSeconds?: number): Promise<void> {
  const sizes = { gzipLevel: 0, gzipInFlight: 1, partBytes: 5 * MiB, fileBytes: 10 * MiB };
  rig = await startRig({ load: sizes }, sessionSeconds === undefined ? {} : { sessionSeconds });
  vi.stubEnv('AWS_ACCESS_KEY_ID', rig.sandbox.user.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', rig.sandbox.user.secretAccessKey);
  const { externalId } = await rig.client.access.externalId();
  const roleArn = rig.sandbox.createRole({
    name: 'short',
    trustPolicy: trustPolicy({ principal: { aws: rig.sandbox.user.arn }, externalId }),
    permissionsPolicy: loaderPolicy(bucketName),
  });
  const path = join(rig.folder, 'shop.sqlite');
  csv = writeTable(path, 'long', 1500, 16 * 1024);
  await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
  await rig.addDestination({ access: { type: 'role', roleArn, signer: { kind: 'default' } } });
  await rig.addPipeline();
}

beforeEach(() => vi.stubEnv('AWS_PROFILE', undefined));
afterEach(async () => {
  vi.unstubAllEnvs();
  await rig[Symbol.asyncDispose]();
});

const asked = (operation: string) => rig.faults.calls.filter((call) => call.operation === operation).length;

async function expectWhole(): Promise<void> {
  const { end } = await rig.run();
  expect(end.error).toBeUndefined();
  expect(end.state).toBe('completed');
  const files = await Promise.all((await rig.keys()).map(rig.read));
  expect(bodyOf(files) === csv).toBe(true);
}

it('a load whose sessions last two seconds runs to its end', async () => {
  await start(2);
  rig.faults.intercept = ({ operation }) => (operation === 'UploadPart' ? { delay: 1500 } : undefined);
  const began = Date.now();
  await expectWhole();
  // So long that no session can have lived through it.
  expect(Date.now() - began).toBeGreaterThan(3000);
  expect(asked('AssumeRole')).toBeGreaterThan(2);
});

it('what the service calls expired goes on with a new session, wherever it happens', async () => {
  await start();
  const seen = new Set<string>();
  rig.faults.intercept = ({ operation, service }) => {
    if (service !== 's3' || seen.has(operation)) return undefined;
    seen.add(operation);
    return { status: 400, code: 'ExpiredToken', message: 'The provided token has expired.' };
  };
  await expectWhole();
  expect(seen).toContain('CreateMultipartUpload');
  expect(seen).toContain('CompleteMultipartUpload');
  expect(asked('AssumeRole')).toBeGreaterThanOrEqual(seen.size);
});
