/** A core on a folder of its own, with a sandbox whose every request can be watched and disturbed. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Core, type CoreOptions, openCore } from '../../src/main/core/index.ts';
import {
  type Call,
  type Intercept,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from '../../src/main/sandbox/sandbox.ts';
import type { ContractClient, Inputs } from '../../src/shared/contract.ts';
import type { DestinationSettings, JobEvent, Verification, VerifyEvent } from '../../src/shared/model.ts';
import { jobInProcess } from '../support/job-in-process.ts';
import { memorySecrets } from '../support/memory-secrets.ts';

export const bucketName = 'landing-zone';
export type EndEvent = Extract<JobEvent, { event: 'end' }>;

export interface Faults {
  /** Looks at every request that a rig's own looks do not make. */
  intercept: Intercept | undefined;
  readonly calls: Call[];
}

export interface Rig extends AsyncDisposable {
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly core: Core;
  readonly client: ContractClient;
  /** What the keychain holds. */
  readonly secrets: Map<string, string>;
  readonly faults: Faults;
  readonly destination: DestinationSettings;
  keys(): Promise<string[]>;
  read(key: string): Promise<Buffer>;
  /** Removes an upload that a test left. */
  abandon(key: string, uploadId: string): Promise<void>;
  /** Saves a destination, untested. */
  addDestination(settings?: Partial<DestinationSettings>): Promise<void>;
  addPipeline(pipeline?: Partial<Inputs['pipelines']['save']>): Promise<void>;
  /** Starts a job and collects its events. */
  run(pipeline?: string): Promise<{ readonly end: EndEvent; readonly events: JobEvent[] }>;
}

export async function startRig(
  options: CoreOptions = {},
  ofSandbox: Pick<SandboxOptions, 'sessionSeconds'> = {},
): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-core-'));
  await mkdir(join(folder, 'data'));
  const faults: Faults = { intercept: undefined, calls: [] };
  let looking = false;
  const sandbox = await startSandbox({
    store: join(folder, 's3'),
    ...ofSandbox,
    intercept: (call) => {
      if (looking) return undefined;
      faults.calls.push(call);
      return faults.intercept?.(call);
    },
  });
  sandbox.createBucket(bucketName);
  const secrets = new Map<string, string>();
  const core = openCore(join(folder, 'data'), {
    ...{ secrets: memorySecrets(secrets), startJobProcess: jobInProcess },
    ...options,
  });
  const { client } = core;
  const s3 = new S3Client({
    ...{ endpoint: sandbox.endpoint, region: sandbox.region, forcePathStyle: true },
    credentials: sandbox.user,
  });
  const look = async <T>(work: () => Promise<T>): Promise<T> => {
    looking = true;
    try {
      return await work();
    } finally {
      looking = false;
    }
  };
  const destination: DestinationSettings = {
    ...{ name: 'lake', bucket: bucketName, region: sandbox.region, pathPrefix: 'in', pathStyle: true },
    access: { type: 'keys', accessKeyId: sandbox.user.accessKeyId },
    ...{ endpoint: sandbox.endpoint, stsEndpoint: sandbox.endpoint },
  };
  return {
    ...{ folder, sandbox, core, client, secrets, faults, destination },
    keys: () =>
      look(async () => {
        const answer = await s3.send(new ListObjectsV2Command({ Bucket: bucketName }));
        return (answer.Contents ?? []).flatMap(({ Key }) => Key ?? []);
      }),
    read: (key) =>
      look(async () => {
        const answer = await s3.send(new GetObjectCommand({ Bucket: bucketName, Key: key }));
        return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
      }),
    abandon: (key, uploadId) =>
      look(async () => {
        const upload = { Bucket: bucketName, Key: key, UploadId: uploadId };
        await s3.send(new AbortMultipartUploadCommand(upload));
      }),
    addDestination: async (settings = {}) => {
      const secretAccessKey = sandbox.user.secretAccessKey;
      const input = { settings: { ...destination, ...settings }, secretAccessKey, draft: true };
      for await (const _ of await client.destinations.save(input));
    },
    addPipeline: async (pipeline = {}) => {
      await client.pipelines.save({
        ...{ name: 'daily', source: 'shop', destination: 'lake', destinationPrefix: 's3_1' },
        ...{ partitionKey: '${DATE}/${JOB_ID}', timeZone: 'UTC', objects: 'all' },
        ...pipeline,
      });
    },
    run: async (pipeline = 'daily') => {
      const { jobId } = await client.jobs.start({ pipeline, force: true });
      return await follow(client, jobId);
    },
    async [Symbol.asyncDispose]() {
      await core[Symbol.asyncDispose]();
      s3.destroy();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Checks a job to its end. */
export async function verify(client: ContractClient, jobId: string): Promise<Verification> {
  let last: VerifyEvent | undefined;
  for await (const event of await client.jobs.verify({ jobId })) last = event;
  if (last?.event !== 'end') throw new Error('the check does not stop at the end');
  return last.verification;
}

/** Watches a job to its end. */
export async function follow(
  client: ContractClient,
  jobId: string,
): Promise<{ readonly end: EndEvent; readonly events: JobEvent[] }> {
  const events: JobEvent[] = [];
  for await (const event of await client.jobs.watch({ jobId })) events.push(event);
  const end = events.at(-1);
  if (end?.event !== 'end') throw new Error('the events do not stop at the end');
  return { end, events };
}

/** The rows of gzipped CSV files without their headers, as they lie one after the other. */
export function bodyOf(files: readonly Buffer[]): string {
  return files
    .map((file) => {
      const text = gunzipSync(file).toString('utf8');
      return text.slice(text.indexOf('\n') + 1);
    })
    .join('');
}
