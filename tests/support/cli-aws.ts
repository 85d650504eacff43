/** An AWS for the command line that the test itself holds: the sandbox in this process, with a seam for faults. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { type Intercept, type Sandbox, startSandbox } from '../../src/main/sandbox/sandbox.ts';
import { trustPolicy } from '../../src/shared/iam.ts';
import { type CliResult, destinationArgs, type Installation, type RunningSandbox } from './cli.ts';
import { loaderPolicy } from './loader-policy.ts';
import { type CsvField, readStrictCsv } from './strict-csv.ts';

/** An S3 with the destination `lake`, and what the tests look at in it, past the program under test. */
export interface CliTarget extends AsyncDisposable {
  /** For commands that sign with the default chain. */
  readonly env: Readonly<Record<string, string>>;
  /** Every key of the bucket, sorted. */
  keys(): Promise<string[]>;
  /** Keys of unfinished uploads. */
  uploads(): string[] | Promise<string[]>;
  /** One file, read with the SDK, unzipped and read strictly; the header first. */
  csv(key: string): Promise<CsvField[][]>;
}

export interface CliAws extends CliTarget {
  readonly sandbox: Sandbox;
  /** Decides about every call from now on; undefined lets all pass. */
  intercept: Intercept | undefined;
  uploads(): string[];
}

const bucket = 'cli-tests';

/** Starts it with a bucket and a role that trusts the installation, and saves the destination `lake` there. */
export async function startCliAws(cli: Installation, options: { store?: string } = {}): Promise<CliAws> {
  const store = options.store ?? mkdtempSync(join(tmpdir(), 'slc-s3-'));
  const seam: { intercept: Intercept | undefined } = { intercept: undefined };
  const sandbox = await startSandbox({
    store,
    intercept: (call) => seam.intercept?.(call),
    // A disk that a test fills is no news.
    onFault: () => undefined,
  });
  sandbox.createBucket(bucket);
  const { endpoint, region, user } = sandbox;
  const { accessKeyId, secretAccessKey } = user;
  const externalId = (await cli.run(['external-id'])).stdout.trim();
  const policy = trustPolicy({ principal: { aws: user.arn }, externalId });
  const roleArn = sandbox.createRole({
    name: 'cli',
    trustPolicy: policy,
    permissionsPolicy: loaderPolicy(bucket),
  });
  const env = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
  };
  const target = { endpoint, region, bucket, roleArn } as RunningSandbox;
  must(await cli.run([...destinationArgs(target), '--draft'], { env }));
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
  return {
    sandbox,
    env,
    get intercept() {
      return seam.intercept;
    },
    set intercept(intercept) {
      seam.intercept = intercept;
    },
    ...readingOf(s3, bucket),
    uploads: () => sandbox.pendingUploads(bucket).map(({ key }) => key),
    async [Symbol.asyncDispose]() {
      s3.destroy();
      await sandbox.close();
      if (options.store === undefined) rmSync(store, { recursive: true, force: true });
    },
  };
}

/** Reads what is in a bucket, with the SDK. */
export const readingOf = (s3: S3Client, bucket: string): Pick<CliTarget, 'keys' | 'csv'> => ({
  async keys() {
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket })) {
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
    }
    return keys.sort();
  },
  async csv(key) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return readStrictCsv(gunzipSync(await (Body?.transformToByteArray() ?? Promise.reject(new Error(key)))));
  },
});

/** The result of a command that has to work. */
export function must(result: CliResult): CliResult {
  if (result.code === 0) return result;
  throw new Error(`exit ${result.code}: ${result.stdout}${result.stderr}`);
}

export interface Gate {
  /** Resolves when the first call is held. */
  readonly reached: Promise<void>;
  readonly intercept: Intercept;
  open(): void;
}

/** Holds every call of the given operations until it is opened. */
export function gate(...operations: readonly string[]): Gate {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: opened.resolve,
    async intercept({ operation }) {
      if (!operations.includes(operation)) return undefined;
      reached.resolve();
      await opened.promise;
      return undefined;
    },
  };
}
