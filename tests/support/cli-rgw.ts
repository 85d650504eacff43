/** Ceph's RGW as the S3 of the command line: the destination `lake` through a role that may do what a load needs. */

import {
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { destinationArgs, type Installation, type RunningSandbox } from './cli.ts';
import { type CliTarget, must, readingOf } from './cli-aws.ts';
import { loaderPolicy } from './loader-policy.ts';
import { startRgw } from './rgw.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

export interface CliRgw extends CliTarget {
  /** Between the command line and RGW; the tests read past it. */
  readonly network: TcpProxy;
  /** What the role may do from now on. */
  allow(policy: object): Promise<void>;
}

const bucket = 'cli-tests';

export async function startCliRgw(cli: Installation): Promise<CliRgw> {
  const rgw = await startRgw();
  const owner = await rgw.createUser('owner', true);
  const app = await rgw.createUser('app');
  const network = await startTcpProxy(Number(new URL(rgw.endpoint).port));
  const client = { endpoint: rgw.endpoint, region: rgw.region, credentials: owner };
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const iam = new IAMClient(client);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  // RGW never lets anybody in where the trust policy has a condition on the external ID.
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: [app.arn] }, Action: ['sts:AssumeRole'] }],
  };
  const made = await iam.send(
    new CreateRoleCommand({ RoleName: 'cli', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const allow = async (policy: object): Promise<void> => {
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: 'cli',
        PolicyName: 'load',
        PolicyDocument: JSON.stringify(policy),
      }),
    );
  };
  await allow(loaderPolicy(bucket));
  // Who uploads an object owns it here, and not even the bucket's owner may read it.
  const everything = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
  };
  await iam.send(
    new PutUserPolicyCommand({
      ...{ UserName: app.name, PolicyName: 'read' },
      PolicyDocument: JSON.stringify(everything),
    }),
  );
  const reader = new S3Client({ ...client, credentials: app, forcePathStyle: true });
  const env = {
    AWS_ACCESS_KEY_ID: app.accessKeyId,
    AWS_SECRET_ACCESS_KEY: app.secretAccessKey,
    AWS_REGION: rgw.region,
  };
  const endpoint = `http://127.0.0.1:${network.port}`;
  const target = { endpoint, region: rgw.region, bucket, roleArn: made.Role?.Arn ?? '' } as RunningSandbox;
  must(await cli.run([...destinationArgs(target), '--draft'], { env }));
  return {
    env,
    network,
    allow,
    ...readingOf(reader, bucket),
    async uploads() {
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return Uploads.map(({ Key = '' }) => Key);
    },
    async [Symbol.asyncDispose]() {
      s3.destroy();
      reader.destroy();
      iam.destroy();
      await network.close();
      await rgw[Symbol.asyncDispose]();
    },
  };
}
