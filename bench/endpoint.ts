/** The S3 that everybody loads into: Ceph's RGW, which nobody here wrote, or the sandbox where it is missing. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import {
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Installation, type RunningSandbox, startSandboxCommand } from '../tests/support/cli.ts';
import { loaderPolicy } from '../tests/support/loader-policy.ts';
import { startRgw } from '../tests/support/rgw.ts';

export interface Endpoint extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly bucket: string;
  readonly region: string;
  /** What `sluice destination add` is told. */
  readonly destination: Pick<RunningSandbox, 'endpoint' | 'region' | 'bucket' | 'roleArn'>;
  /** Signs the requests of every contender. */
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The root of its processes. */
  readonly pid: number;
  /** What lies in the bucket. */
  files(): Promise<readonly StoredFile[]>;
  download(key: string, path: string): Promise<void>;
  /** Removes all files, and frees their memory. */
  clear(): Promise<void>;
}

export interface StoredFile {
  readonly key: string;
  readonly bytes: number;
}

export const startEndpoint = (kind: 'rgw' | 'sandbox', cli: Installation): Promise<Endpoint> =>
  kind === 'rgw' ? startRgwEndpoint() : startSandboxEndpoint(cli);

async function startSandboxEndpoint(cli: Installation): Promise<Endpoint> {
  const sandbox = await startSandboxCommand(cli);
  const { endpoint: url, bucket, region, accessKeyId, secretAccessKey } = sandbox;
  const keys = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({ endpoint: url, region, credentials: keys, forcePathStyle: true });
  return {
    ...{ name: "Sluice's own sandbox", url, bucket, region, keys, destination: sandbox },
    pid: sandbox.command.child.pid ?? 0,
    ...looksOf(s3, bucket),
    async [Symbol.asyncDispose]() {
      s3.destroy();
      sandbox.command.child.kill('SIGINT');
      await sandbox.command.ended;
    },
  };
}

const everything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
};

async function startRgwEndpoint(): Promise<Endpoint> {
  const rgw = await startRgw();
  const { endpoint: url, region } = rgw;
  const bucket = 'bench';
  const [owner, user] = [await rgw.createUser('owner', true), await rgw.createUser('bench')];
  const root = { endpoint: url, region, credentials: owner };
  const creating = new S3Client({ ...root, forcePathStyle: true });
  await creating.send(new CreateBucketCommand({ Bucket: bucket }));
  creating.destroy();
  const roleArn = await makeRole(new IAMClient(root), user, bucket);
  const s3 = new S3Client({ endpoint: url, region, credentials: user, forcePathStyle: true });
  const looks = looksOf(s3, bucket);
  return {
    ...{ name: "Ceph's RGW, in memory", url, bucket, region, keys: user, pid: rgw.pid },
    destination: { endpoint: url, region, bucket, roleArn },
    ...looks,
    async clear() {
      await looks.clear();
      await rgw.collectGarbage();
    },
    async [Symbol.asyncDispose]() {
      s3.destroy();
      await rgw[Symbol.asyncDispose]();
    },
  };
}

/** A role that may do what a load needs; the user may do all in the bucket, as whoever pipes by hand. */
async function makeRole(
  iam: IAMClient,
  user: { readonly name: string; readonly arn: string },
  bucket: string,
): Promise<string> {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: [user.arn] }, Action: ['sts:AssumeRole'] }],
  };
  const RoleName = 'bench';
  const made = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const policy = { PolicyName: 'bench', PolicyDocument: JSON.stringify(loaderPolicy(bucket)) };
  await iam.send(new PutRolePolicyCommand({ RoleName, ...policy }));
  const all = { PolicyName: 'bench', PolicyDocument: JSON.stringify(everything) };
  await iam.send(new PutUserPolicyCommand({ UserName: user.name, ...all }));
  iam.destroy();
  return made.Role?.Arn ?? '';
}

function looksOf(s3: S3Client, bucket: string): Pick<Endpoint, 'files' | 'download' | 'clear'> {
  const files = async (): Promise<StoredFile[]> => {
    const found: StoredFile[] = [];
    for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket })) {
      for (const { Key: key = '', Size: bytes = 0 } of page.Contents ?? []) found.push({ key, bytes });
    }
    return found;
  };
  return {
    files,
    async download(key, path) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (Body === undefined) throw new Error(`${key} has no content`);
      await pipeline(Body as NodeJS.ReadableStream, createWriteStream(path, { mode: 0o644 }));
    },
    async clear() {
      for (const { key } of await files())
        await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
