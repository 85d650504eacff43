/** The two servers that the parity suite runs against, behind one face. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateRoleCommand,
  DeleteUserPolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { startSandbox } from '../../src/main/sandbox/sandbox.ts';
import { startRgw } from '../support/rgw.ts';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Principal extends Keys {
  /** As IAM's calls name it. */
  readonly name: string;
  readonly arn: string;
}

export interface Server extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** Owns the buckets and may use the IAM API. */
  readonly owner: Principal;
  /** Has no rights but those that a test grants. */
  readonly user: Principal;
}

export type ServerName = 'sandbox' | 'RGW';

async function sandboxServer(): Promise<Server> {
  const store = mkdtempSync(join(tmpdir(), 'slc-parity-'));
  const sandbox = await startSandbox({ store });
  const owner = { name: 'practice', ...sandbox.user };
  const user = { name: 'app', ...sandbox.createUser('app') };
  return {
    ...sandbox,
    owner,
    user,
    async [Symbol.asyncDispose]() {
      await sandbox.close();
      rmSync(store, { recursive: true, force: true });
    },
  };
}

async function rgwServer(): Promise<Server> {
  const rgw = await startRgw();
  return { ...rgw, owner: await rgw.createUser('owner', true), user: await rgw.createUser('app') };
}

export const startServer = (name: ServerName): Promise<Server> =>
  name === 'sandbox' ? sandboxServer() : rgwServer();

export const s3Of = (server: Server, keys: Keys = server.owner, more: S3ClientConfig = {}): S3Client =>
  new S3Client({
    endpoint: server.endpoint,
    region: server.region,
    forcePathStyle: true,
    credentials: keys,
    maxAttempts: 1,
    ...more,
  });

export const stsOf = (server: Server, keys: Keys = server.owner): STSClient =>
  new STSClient({ endpoint: server.endpoint, region: server.region, credentials: keys, maxAttempts: 1 });

export const iamOf = (server: Server, keys: Keys = server.owner): IAMClient =>
  new IAMClient({ endpoint: server.endpoint, region: server.region, credentials: keys, maxAttempts: 1 });

/** The one policy of the user; none when absent. */
export async function grant(server: Server, statements: readonly object[] | undefined): Promise<void> {
  const iam = iamOf(server);
  const policy = { UserName: server.user.name, PolicyName: 'test' };
  await (statements === undefined
    ? iam.send(new DeleteUserPolicyCommand(policy))
    : iam.send(new PutUserPolicyCommand({ ...policy, PolicyDocument: documentOf(statements) })));
}

export const documentOf = (statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** Makes a role and returns its ARN. */
export async function makeRole(
  server: Server,
  role: { readonly name: string; readonly trust: readonly object[]; readonly grants?: readonly object[] },
): Promise<string> {
  const iam = iamOf(server);
  const answer = await iam.send(
    new CreateRoleCommand({ RoleName: role.name, AssumeRolePolicyDocument: documentOf(role.trust) }),
  );
  if (role.grants !== undefined) {
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: role.name,
        PolicyName: 'test',
        PolicyDocument: documentOf(role.grants),
      }),
    );
  }
  return answer.Role?.Arn ?? '';
}
