/** What a case gets, and the words in which cases compare answers. */
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { Server } from './server.ts';

export interface Ground {
  readonly server: Server;
  /** Signed by the owner. */
  readonly s3: S3Client;
  /** A bucket of the group's own. */
  readonly bucket: string;
}

export interface Case {
  /** Where a public suite has the same case, its name is in brackets: `[test_bucket_list_prefix_basic]`. */
  readonly name: string;
  readonly run: (ground: Ground) => Promise<void>;
}

export interface Group {
  readonly name: string;
  readonly cases: readonly Case[];
}

export const group = (name: string, cases: Readonly<Record<string, Case['run']>>): Group => ({
  name,
  cases: Object.entries(cases).map(([title, run]) => ({ name: title, run })),
});

let made = 0;
/** A name that no other case has. */
export const fresh = (prefix: string): string => `${prefix}-${process.pid}-${++made}`;

export async function freshBucket({ s3 }: Pick<Ground, 's3'>, prefix = 'parity'): Promise<string> {
  const Bucket = fresh(prefix);
  await s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

/** A bucket with these keys; each object's content is its key. */
export async function bucketWith(ground: Ground, keys: readonly string[]): Promise<string> {
  const Bucket = await freshBucket(ground);
  await Promise.all(keys.map((Key) => ground.s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))));
  return Bucket;
}

export async function keysIn({ s3 }: Pick<Ground, 's3'>, Bucket: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key = '' }) => Key);
}

/** Expects a refusal with this HTTP status, and error code where the answer has a body. */
export async function refused(promise: Promise<unknown>, status: number, code?: string): Promise<Error> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error, 'the call must be refused').toBeInstanceOf(Error);
  const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  expect({ status: $metadata?.httpStatusCode, code: code === undefined ? undefined : name }).toEqual({
    status,
    code,
  });
  return error as Error;
}

export const bytesOf = async (body: unknown): Promise<Buffer> =>
  Buffer.from(await (body as { transformToByteArray(): Promise<Uint8Array> }).transformToByteArray());

export const textOf = async (body: unknown): Promise<string> => (await bytesOf(body)).toString('utf8');

export const mebibytes = (count: number, fill = 'x'): Buffer => Buffer.alloc(count * 1024 * 1024, fill);
