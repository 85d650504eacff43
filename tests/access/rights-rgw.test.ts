/** Rights that are really missing, at an S3 that nobody here wrote: Ceph's RGW, with bare refusals. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  CreateRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { missingForRgw, type Rgw, startRgw } from '../support/rgw.ts';
import { externalId, tested, verdicts } from './rig.ts';
import { allowAllBut, type Ground, losses, namesAndMends } from './rights.ts';

const bucket = 'access-tests';

/**
 * RGW's STS with what it lacks: it cannot tell who somebody is, and lets nobody in where a trust policy has a condition
 * on the external ID. The rights are RGW's own.
 */
async function startSts(rgwPort: string, caller: string): Promise<Server> {
  const xml = (response: ServerResponse, status: number, text: string) =>
    response.writeHead(status, { 'content-type': 'text/xml' }).end(text);
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    const form = new URLSearchParams(body.toString());
    if (form.get('Action') === 'GetCallerIdentity') {
      const result = `<Arn>${caller}</Arn><UserId>AIDA1</UserId><Account>123456789012</Account>`;
      xml(
        response,
        200,
        `<GetCallerIdentityResponse><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
      );
      return;
    }
    if (form.get('ExternalId') !== externalId) {
      const problem = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';
      xml(response, 403, `<ErrorResponse>${problem}</ErrorResponse>`);
      return;
    }
    const { method, url, headers } = incoming;
    const passed = request({ host: '127.0.0.1', port: rgwPort, method, path: url, headers }, (got) => {
      response.writeHead(got.statusCode ?? 500, got.headers);
      got.pipe(response);
    });
    passed.end(body);
  };
  const server = createServer((incoming, response) => void answer(incoming, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe.skipIf(missingForRgw !== '')(`rights at RGW: needs ${missingForRgw || 'nothing more'}`, () => {
  let rgw: Rgw;
  let ground: Ground;
  let sts: Server;
  beforeAll(async () => {
    rgw = await startRgw();
    const owner = await rgw.createUser('owner', true);
    const app = await rgw.createUser('app');
    const client = { endpoint: rgw.endpoint, region: rgw.region, credentials: owner };
    const s3 = new S3Client({ ...client, forcePathStyle: true });
    const iam = new IAMClient(client);
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const everything = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
    };
    // Who uploads an object owns it here, and the bucket's owner may neither read nor delete it.
    await iam.send(
      new PutUserPolicyCommand({
        ...{ UserName: app.name, PolicyName: 'all' },
        PolicyDocument: JSON.stringify(everything),
      }),
    );
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: [app.arn] }, Action: ['sts:AssumeRole'] }],
    };
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: 'loader', AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    vi.stubEnv('AWS_PROFILE', undefined);
    vi.stubEnv('AWS_ACCESS_KEY_ID', app.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', app.secretAccessKey);
    sts = await startSts(new URL(rgw.endpoint).port, app.arn);
    const asApp = new S3Client({ ...client, credentials: app, forcePathStyle: true });
    const keys = async () => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.map(({ Key = '' }) => Key);
    };
    const ofRole = { RoleName: 'loader' };
    ground = {
      settings: {
        ...{ name: 'lake', bucket, region: rgw.region, pathPrefix: 'in', pathStyle: true },
        endpoint: rgw.endpoint,
        stsEndpoint: `http://127.0.0.1:${(sts.address() as AddressInfo).port}`,
        access: { type: 'role', roleArn: Role?.Arn ?? '', signer: { kind: 'default' } },
      },
      context: { externalId, secretAccessKey: async () => '' },
      bucket,
      putPolicy: (PolicyName, policy) =>
        iam.send(new PutRolePolicyCommand({ ...ofRole, PolicyName, PolicyDocument: JSON.stringify(policy) })),
      removePolicy: (PolicyName) => iam.send(new DeleteRolePolicyCommand({ ...ofRole, PolicyName })),
      async contents() {
        const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
        return [...(await keys()), ...Uploads.map(({ UploadId = '' }) => UploadId)];
      },
      async empty() {
        for (const Key of await keys()) await asApp.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      },
    };
  }, 60_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    sts.close();
    sts.closeAllConnections();
    await rgw[Symbol.asyncDispose]();
  });

  it('everything is allowed: every check passes', async () => {
    await allowAllBut(ground, []);
    const { checks } = await tested(ground.settings, ground.context);
    expect(verdicts(checks).filter((line) => !line.endsWith('passed'))).toEqual([]);
    expect(checks).toHaveLength(11);
    expect(await ground.contents()).toEqual([]);
  });

  it('without s3:GetObject and s3:PutObject: RGW tells nobody that an absent file may not be read, so it is said next', async () => {
    await allowAllBut(ground, ['s3:GetObject', 's3:PutObject']);
    const first = (await tested(ground.settings, ground.context)).checks;
    expect(first.filter(({ verdict }) => verdict === 'failed').map(({ check }) => check)).toEqual(['put']);
    expect(first.find(({ check }) => check === 'get')).toMatchObject({ verdict: 'skipped' });
    await namesAndMends(ground, ['s3:GetObject']);
  });

  const told = losses.filter((pair) => !(pair.includes('s3:GetObject') && pair.includes('s3:PutObject')));
  it.each(told.map((missing) => [missing.join(' and '), missing] as const))(
    'without %s: that and nothing else is named, and its statement mends it',
    (_name, missing) => namesAndMends(ground, missing),
  );
});
