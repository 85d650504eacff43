/** A sandbox in a folder of its own with SDK clients in their default settings. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/main/sandbox/sandbox.ts';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const bucket = 'tests';

export function s3Of(sandbox: Sandbox, credentials: Keys = sandbox.user, region = sandbox.region): S3Client {
  return new S3Client({ endpoint: sandbox.endpoint, region, forcePathStyle: true, credentials });
}

export function stsOf(sandbox: Sandbox, credentials: Keys = sandbox.user): STSClient {
  return new STSClient({ endpoint: sandbox.endpoint, region: sandbox.region, credentials });
}

export interface Started extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly folder: string;
  readonly s3: S3Client;
  readonly sts: STSClient;
}

/** Starts with the bucket `tests`; disposing stops it and removes the folder. */
export async function start(options: Partial<SandboxOptions> = {}): Promise<Started> {
  const folder = options.store ?? (await mkdtemp(join(tmpdir(), 'sluice-sandbox-')));
  const sandbox = await startSandbox({ store: folder, ...options });
  sandbox.createBucket(bucket);
  const [s3, sts] = [s3Of(sandbox), stsOf(sandbox)];
  return {
    sandbox,
    folder,
    s3,
    sts,
    [Symbol.asyncDispose]: async () => {
      s3.destroy();
      sts.destroy();
      await sandbox.close();
      if (options.store === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Refusal {
  readonly name: string;
  readonly status: number | undefined;
  readonly message: string;
}

/** The error that a promise must reject with, as the SDK shows it. */
export async function refusal(promise: Promise<unknown>): Promise<Refusal> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const metadata = '$metadata' in error ? (error.$metadata as { httpStatusCode?: number }) : {};
    return { name: error.name, status: metadata.httpStatusCode, message: error.message };
  }
  throw new Error('the call succeeded, though it must fail');
}

/** Files and folders under a folder, relative, sorted; without the index. */
export async function tree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('index.db'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
