/** A sandbox with a bucket, a role, and destinations of both kinds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { type TestOptions, testConnection } from '../../src/main/access/connection-test/index.ts';
import type { AccessContext } from '../../src/main/access/signing.ts';
import {
  type Call,
  type Intercept,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from '../../src/main/sandbox/sandbox.ts';
import { trustPolicy } from '../../src/shared/iam.ts';
import type { Check, DestinationSettings, Waiting } from '../../src/shared/model.ts';
import { loaderPolicy } from '../support/loader-policy.ts';

export const bucketName = 'access-tests';
export const externalId = 'b4a7c1de-0b1f-4f6e-9a52-5d1f6f3f0b11';

export interface AccessRig extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** Looks at every request but the rig's own. */
  readonly faults: { intercept: Intercept | undefined; readonly calls: Call[] };
  readonly context: AccessContext;
  keys(changes?: Partial<DestinationSettings>): DestinationSettings;
  role(changes?: Partial<DestinationSettings>, roleArn?: string): DestinationSettings;
  /** What is in the bucket. */
  objects(): Promise<string[]>;
}

export async function startAccessRig(options: Partial<SandboxOptions> = {}): Promise<AccessRig> {
  const store = mkdtempSync(join(tmpdir(), 'sluice-access-'));
  const faults: { intercept: Intercept | undefined; readonly calls: Call[] } = {
    intercept: undefined,
    calls: [],
  };
  let looking = false;
  const sandbox = await startSandbox({
    store,
    ...options,
    intercept: (call) => {
      if (looking) return undefined;
      faults.calls.push(call);
      return faults.intercept?.(call);
    },
  });
  sandbox.createBucket(bucketName);
  const roleArn = sandbox.createRole({
    name: 'loader',
    trustPolicy: trustPolicy({ principal: { aws: sandbox.user.arn }, externalId }),
    permissionsPolicy: loaderPolicy(bucketName),
  });
  const { endpoint, region, user } = sandbox;
  const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials: user });
  const place = {
    ...{ name: 'lake', bucket: bucketName, region, pathPrefix: 'in', pathStyle: true },
    ...{ endpoint, stsEndpoint: endpoint },
  };
  return {
    sandbox,
    faults,
    context: { externalId, sandbox: user, secretAccessKey: async () => user.secretAccessKey },
    keys: (changes = {}) => ({
      ...place,
      access: { type: 'keys', accessKeyId: user.accessKeyId },
      ...changes,
    }),
    role: (changes = {}, arn = roleArn) => ({
      ...place,
      access: { type: 'role', roleArn: arn, signer: { kind: 'sandbox' } },
      ...changes,
    }),
    async objects() {
      looking = true;
      try {
        const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucketName }));
        return Contents.flatMap(({ Key }) => Key ?? []);
      } finally {
        looking = false;
      }
    },
    async [Symbol.asyncDispose]() {
      s3.destroy();
      await sandbox.close();
      rmSync(store, { recursive: true });
    },
  };
}

export interface Tested {
  readonly checks: readonly Check[];
  readonly waitings: readonly Waiting[];
  readonly learned: Pick<DestinationSettings, 'checksums'>;
}

/** A whole test with all that it tells. */
export async function tested(
  settings: DestinationSettings,
  context: AccessContext,
  { onWaiting, ...options }: Partial<TestOptions> & { readonly onWaiting?: () => void } = {},
): Promise<Tested> {
  const checks: Check[] = [];
  const waitings: Waiting[] = [];
  let learned: Tested['learned'] = {};
  const signal = options.signal ?? new AbortController().signal;
  for await (const step of testConnection(settings, context, { ...options, signal })) {
    if ('learned' in step) learned = { ...learned, ...step.learned };
    else if ('waiting' in step) {
      waitings.push(step);
      onWaiting?.();
    } else checks.push(step);
  }
  return { checks, waitings, learned };
}

/** The checks of a whole test. */
export const checksOf = async (
  settings: DestinationSettings,
  context: AccessContext,
  signal?: AbortSignal,
): Promise<readonly Check[]> =>
  (await tested(settings, context, signal === undefined ? {} : { signal })).checks;

/** `check: verdict`, one to a line of the test. */
export const verdicts = (checks: readonly Check[]): string[] =>
  checks.map(({ check, verdict }) => `${check}: ${verdict}`);
