import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import type { Call, Interception } from '../../src/main/sandbox/sandbox.ts';
import { startSandbox } from '../../src/main/sandbox/sandbox.ts';
import { bucket, refusal, type Started, s3Of, start } from './start.ts';

const put = (s3: S3Client, Key = 'dir/key') =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));

describe('intercept', () => {
  test('sees every call with its action, resource and caller', async () => {
    const calls: Call[] = [];
    await using it = await start({ intercept: (call) => void calls.push(call) });
    await put(it.s3);
    await it.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    await it.sts.send(new GetCallerIdentityCommand({}));
    expect(calls).toMatchObject([
      {
        service: 's3',
        operation: 'PutObject',
        action: 's3:PutObject',
        resource: `arn:aws:s3:::${bucket}/dir/key`,
        bucket,
        key: 'dir/key',
        caller: { arn: it.sandbox.user.arn },
      },
      { operation: 'ListObjectsV2', action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}`, bucket },
      { service: 'sts', operation: 'GetCallerIdentity', action: 'sts:GetCallerIdentity' },
    ]);
    expect(calls[1]).not.toHaveProperty('key');
  });

  test("denies in AWS's words, with and without a reason", async () => {
    let interception: Interception | undefined;
    await using it = await start({ intercept: () => interception });
    const { arn } = it.sandbox.user;
    interception = { deny: true };
    expect(await refusal(put(it.s3))).toEqual({
      name: 'AccessDenied',
      status: 403,
      message: 'Access Denied',
    });
    interception = { deny: 'no identity-based policy allows the s3:PutObject action' };
    expect((await refusal(put(it.s3))).message).toBe(
      `User: ${arn} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${bucket}/dir/key" because no identity-based policy allows the s3:PutObject action`,
    );
    const RoleArn = 'arn:aws:iam::123456789012:role/loader';
    const assume = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'sluice' });
    interception = { deny: 'no identity-based policy allows the sts:AssumeRole action' };
    expect((await refusal(it.sts.send(assume))).message).toBe(
      `User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn} because no identity-based policy allows the sts:AssumeRole action`,
    );
    interception = undefined;
    expect(await refusal(it.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'dir/key' })))).toMatchObject(
      { name: 'NoSuchKey' },
    );
  });

  test('answers any error, which the SDK retries as it would', async () => {
    let slow = 1;
    await using it = await start({
      intercept: () =>
        slow-- > 0
          ? { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' }
          : undefined,
    });
    expect((await put(it.s3)).$metadata.attempts).toBe(2);
  });

  test('drops the connection before or after the operation', async () => {
    let interception: Interception | undefined;
    await using it = await start({ intercept: () => interception });
    const once = new S3Client({
      endpoint: it.sandbox.endpoint,
      region: it.sandbox.region,
      credentials: it.sandbox.user,
      forcePathStyle: true,
      maxAttempts: 1,
    });
    interception = { hangUp: 'before' };
    expect((await refusal(put(once, 'before'))).message).toMatch(/hang up|ECONNRESET/);
    expect(it.sandbox.fileOf(bucket, 'before')).toBeUndefined();
    interception = { hangUp: 'after' };
    expect((await refusal(put(once, 'after'))).message).toMatch(/hang up|ECONNRESET/);
    expect(it.sandbox.fileOf(bucket, 'after')).toBeDefined();
    expect(
      (await refusal(once.send(new GetObjectCommand({ Bucket: bucket, Key: 'after' })))).message,
    ).toMatch(/hang up|ECONNRESET/);
    once.destroy();
  });

  const once = (it: Started, more: object = {}) =>
    new S3Client({
      ...{ endpoint: it.sandbox.endpoint, region: it.sandbox.region, credentials: it.sandbox.user },
      ...{ forcePathStyle: true, maxAttempts: 1 },
      ...more,
    });
  const read = async (s3: S3Client, Key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }));
    return await Body?.transformToString();
  };

  test('resets, stalls and delays', async () => {
    let interception: Interception | undefined;
    await using it = await start({ intercept: () => interception });
    const s3 = once(it, { requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true } });
    interception = { hangUp: 'before', reset: true };
    expect((await refusal(put(s3, 'reset'))).message).toContain('ECONNRESET');
    expect(it.sandbox.fileOf(bucket, 'reset')).toBeUndefined();
    interception = { stall: 'before' };
    expect((await refusal(put(s3, 'stalled'))).name).toBe('TimeoutError');
    expect(it.sandbox.fileOf(bucket, 'stalled')).toBeUndefined();
    interception = { stall: 'after' };
    expect((await refusal(put(s3, 'done'))).name).toBe('TimeoutError');
    expect(it.sandbox.fileOf(bucket, 'done')).toBeDefined();
    interception = { delay: 20 };
    await put(s3, 'delayed');
    expect(it.sandbox.fileOf(bucket, 'delayed')).toBeDefined();
    s3.destroy();
  });

  test('cuts an answer short, damages it and slows it down, and the client notices', async () => {
    let interception: Interception | undefined;
    await using it = await start({ intercept: () => interception });
    const s3 = once(it);
    const Body = 'x'.repeat(100_000);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body }));
    interception = { answer: { truncateAfter: 70_000 } };
    await expect(read(s3, 'a')).rejects.toThrow(/aborted|ECONNRESET|prematurely/i);
    interception = { answer: { corruptAt: 5 } };
    await expect(read(s3, 'a')).rejects.toThrow(/checksum/i);
    interception = { answer: { bytesPerSecond: 2_000_000 } };
    expect(await read(s3, 'a')).toBe(Body);
    interception = { answer: { truncateAfter: 10 } };
    await expect(s3.send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toThrow();
    s3.destroy();
  });

  test('answers an error inside a 200, and with headers of its own', async () => {
    let interception: Interception | undefined;
    await using it = await start({ intercept: () => interception });
    const s3 = once(it);
    await put(s3, 'a');
    interception = { errorIn200: { code: 'InternalError', message: 'We encountered an internal error.' } };
    const copy = new CopyObjectCommand({ Bucket: bucket, Key: 'b', CopySource: `${bucket}/a` });
    expect(await refusal(s3.send(copy))).toMatchObject({ name: 'InternalError' });
    expect(it.sandbox.fileOf(bucket, 'b')).toBeUndefined();
    interception = { status: 503, code: 'SlowDown', message: 'Slow', headers: { 'retry-after': '1' } };
    const refused = await put(s3, 'a').catch((error: unknown) => error);
    expect((refused as { $response?: { headers?: object } }).$response?.headers).toMatchObject({
      'retry-after': '1',
    });
    s3.destroy();
  });

  test('a fault in an intercept is an InternalError and is reported', async () => {
    const faults: unknown[] = [];
    await using it = await start({
      onFault: (error) => faults.push(error),
      intercept: () => {
        throw new Error('broken');
      },
    });
    expect(await refusal(put(it.s3))).toMatchObject({ name: 'InternalError', status: 500 });
    expect(faults).toHaveLength(3);
  });
});

describe('close', () => {
  test('ends idle and held connections at once, and may be called again', async () => {
    const store = await mkdtemp(join(tmpdir(), 'sluice-close-'));
    let held = () => {};
    const reached = new Promise<void>((resolve) => {
      held = resolve;
    });
    const sandbox = await startSandbox({
      store,
      intercept: () => {
        held();
        return new Promise(() => {});
      },
    });
    sandbox.createBucket(bucket);
    const idle = connect(Number(new URL(sandbox.endpoint).port), '127.0.0.1');
    idle.on('error', () => undefined);
    const s3 = s3Of(sandbox);
    const outcome = refusal(put(s3));
    await reached;
    const begin = performance.now();
    await sandbox.close();
    await sandbox.close();
    expect(performance.now() - begin).toBeLessThan(1000);
    expect((await outcome).name).toBeDefined();
    await expect.poll(() => idle.closed).toBe(true);
    // The folder is free again.
    await (await startSandbox({ store })).close();
    s3.destroy();
    await rm(store, { recursive: true });
  });

  test('what is wrong is said when it starts', async () => {
    await expect(startSandbox({ store: '/tmp/unused', accountId: '12' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });
});
