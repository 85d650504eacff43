/** Every request of a load fails in every way: either the rows are there exactly, or nothing is. */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Interception } from '../../src/main/sandbox/sandbox.ts';
import type { ErrorCode } from '../../src/shared/errors.ts';
import { bodyOf, bucketName, type Rig, startRig } from '../core/rig.ts';
import { writeTable } from '../core/tables.ts';

const MiB = 1024 * 1024;
/** One request, one file of two parts, two such files. */
const [small, one, big] = ['small', 'one', 'big'] as const;
let rig: Rig;
/** CSV of each table without its header. */
const csv = new Map<string, string>();

beforeAll(async () => {
  const sizes = {
    gzipLevel: 0,
    gzipInFlight: 1,
    partBytes: 5 * MiB,
    fileBytes: 5.2 * MiB,
    networkPatience: 0,
  };
  rig = await startRig({ load: sizes });
  const path = join(rig.folder, 'shop.sqlite');
  csv.set(small, writeTable(path, small, 50, 20));
  csv.set(one, writeTable(path, one, 330, 16 * 1024));
  csv.set(big, writeTable(path, big, 800, 16 * 1024));
  await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
  await rig.addDestination();
  for (const name of csv.keys()) await rig.addPipeline({ name, objects: [name], destinationPrefix: name });
});
afterAll(() => rig[Symbol.asyncDispose]());

let before: string[] = [];
beforeEach(async () => {
  rig.faults.intercept = undefined;
  rig.faults.calls.length = 0;
  before = await rig.keys();
});

type Tale = 'once' | 'twice' | 'forever';

/** Disturbs the nth request of an operation, and what the SDK sends again for it, as often as `tale` says. */
function disturb(operation: string, nth: number, interception: Interception, tale: Tale): void {
  let seen = 0;
  let disturbed = 0;
  const limit = { once: 1, twice: 2, forever: Number.POSITIVE_INFINITY }[tale];
  rig.faults.intercept = (call) => {
    if (call.operation !== operation) return undefined;
    seen += 1;
    if (seen < nth || disturbed >= limit) return undefined;
    disturbed += 1;
    return interception;
  };
}

async function expectExact(table: string): Promise<void> {
  const keys = (await rig.keys()).filter((key) => !before.includes(key));
  expect(bodyOf(await Promise.all(keys.map(rig.read))) === csv.get(table)).toBe(true);
}

async function expectNothing(): Promise<void> {
  expect(await rig.keys()).toEqual(before);
}

interface Fault {
  readonly interception: Interception;
  readonly tale: Tale;
  /** How the load ends; `completed` or the code of the error. */
  readonly ends: 'completed' | ErrorCode;
}

const faults: Readonly<Record<string, Fault>> = {
  'access denied': { interception: { deny: true }, tale: 'forever', ends: 'ACCESS_DENIED' },
  'a fault of the service, for ever': {
    interception: { status: 500, code: 'InternalError', message: 'We encountered an internal error.' },
    tale: 'forever',
    ends: 'DESTINATION_FAILED',
  },
  'throttled twice': {
    interception: { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' },
    tale: 'twice',
    ends: 'completed',
  },
  'connection dropped before': { interception: { hangUp: 'before' }, tale: 'once', ends: 'completed' },
  'connection dropped for ever': {
    interception: { hangUp: 'before' },
    tale: 'forever',
    ends: 'DESTINATION_UNREACHABLE',
  },
  'answer lost after success': { interception: { hangUp: 'after' }, tale: 'once', ends: 'completed' },
};

const requests: readonly (readonly [operation: string, nth: number, table: string])[] = [
  ['CreateMultipartUpload', 1, one],
  ['UploadPart', 1, one],
  ['UploadPart', 2, one],
  ['CompleteMultipartUpload', 1, one],
  ['CreateMultipartUpload', 2, big],
  ['UploadPart', 3, big],
  ['UploadPart', 4, big],
  ['CompleteMultipartUpload', 1, big],
  ['CompleteMultipartUpload', 2, big],
  ['PutObject', 1, small],
];

describe('the undisturbed load', () => {
  it('makes the requests that are disturbed below, and makes files visible after the last byte', async () => {
    const { end } = await rig.run(big);
    expect(end.state).toBe('completed');
    const operations = rig.faults.calls.map((call) => call.operation);
    const of = (name: string) => operations.filter((operation) => operation === name).length;
    expect([of('CreateMultipartUpload'), of('UploadPart'), of('CompleteMultipartUpload')]).toEqual([2, 4, 2]);
    expect(operations.lastIndexOf('UploadPart')).toBeLessThan(operations.indexOf('CompleteMultipartUpload'));
    await expectExact(big);
  });
});

/** The SDK's own waiting is the same for every request: seen with the first ones, it is spared the later ones. */
const faultsFor = (table: string): [string, Fault][] =>
  Object.entries(faults).filter(([name]) => table !== big || !/twice|dropped/.test(name));

describe.each(requests)('request %s, number %i of the table "%s"', (operation, nth, table) => {
  it.each(faultsFor(table))('%s', async (_name, { interception, tale, ends }) => {
    disturb(operation, nth, interception, tale);
    const { end } = await rig.run(table);
    rig.faults.intercept = undefined;
    expect(end.error?.code ?? end.state).toBe(ends);
    if (ends === 'completed') await expectExact(table);
    else await expectNothing();
    expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
    if (end.error !== undefined) {
      expect(end.error.message).toMatch(/PutObject/);
      expect(end.error.message).not.toMatch(/unknown/i);
    }
  });
});

describe('an answer that is lost every time', () => {
  it.each([
    ['CreateMultipartUpload', one, 'DESTINATION_UNREACHABLE'],
    ['UploadPart', one, 'DESTINATION_UNREACHABLE'],
    // The object is there, so the load looks, finds its own, and goes on.
    ['CompleteMultipartUpload', one, 'completed'],
    ['PutObject', small, 'completed'],
  ])('to %s', async (operation, table, ends) => {
    disturb(operation, 1, { hangUp: 'after' }, 'forever');
    const { end } = await rig.run(table);
    expect(end.error?.code ?? end.state).toBe(ends);
    if (ends === 'completed') await expectExact(table);
    else await expectNothing();
    expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
  });
});

describe('what the policy does not allow', () => {
  it('an abort: the error names the upload that is left', async () => {
    rig.faults.intercept = ({ operation }) =>
      operation === 'UploadPart' || operation === 'AbortMultipartUpload' ? { deny: true } : undefined;
    const { end } = await rig.run(big);
    const [left] = rig.sandbox.pendingUploads(bucketName);
    expect(end.error?.code).toBe('ACCESS_DENIED');
    expect(end.error?.message).toContain(`upload ${left?.uploadId} of ${left?.key}`);
    expect(end.error?.fix).toContain('AbortIncompleteMultipartUpload');
    await expectNothing();
    await abandon();
  });

  it('the listing of uploads, after a lost answer: a warning says what may be left', async () => {
    let lost = 0;
    rig.faults.intercept = ({ operation }) => {
      if (operation === 'ListMultipartUploads') return { deny: true };
      if (operation !== 'CreateMultipartUpload' || lost > 0) return undefined;
      lost += 1;
      return { hangUp: 'after' };
    };
    const { end } = await rig.run(big);
    expect(end.state).toBe('completed');
    const [left] = rig.sandbox.pendingUploads(bucketName);
    expect(end.objects[0]?.warnings?.join()).toContain(`perhaps an upload of ${left?.key}`);
    await expectExact(big);
    await abandon();
  });

  it('the deletion of a file whose commit is undone: the error names the file', async () => {
    rig.faults.intercept = denyFrom({ CompleteMultipartUpload: 2, DeleteObject: 1 });
    const { end } = await rig.run(big);
    const [key] = (await rig.keys()).filter((name) => !before.includes(name));
    expect(end.error?.message).toContain(`file ${key}`);
    expect(end.objects[0]?.files).toEqual([]);
  });
});

/** Denies an operation from its nth call on. */
function denyFrom(first: Readonly<Record<string, number>>) {
  const seen = new Map<string, number>();
  return ({ operation }: { readonly operation: string }): Interception | undefined => {
    const count = (seen.get(operation) ?? 0) + 1;
    seen.set(operation, count);
    return count >= (first[operation] ?? Number.POSITIVE_INFINITY) ? { deny: true } : undefined;
  };
}

/** Removes the uploads that a test left on purpose. */
async function abandon(): Promise<void> {
  rig.faults.intercept = undefined;
  const { AbortMultipartUploadCommand, S3Client } = await import('@aws-sdk/client-s3');
  const { endpoint, region, user } = rig.sandbox;
  const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials: user });
  for (const { key, uploadId } of rig.sandbox.pendingUploads(bucketName)) {
    await s3.send(new AbortMultipartUploadCommand({ Bucket: bucketName, Key: key, UploadId: uploadId }));
  }
  s3.destroy();
}
