/** Where a bucket is, by every answer that S3 has for HeadBucket. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bucketRegion } from '../../src/main/access/bucket-region.ts';

let server: Server;
let answer: { readonly status: number; readonly region?: string };
const asked: IncomingHttpHeaders[] = [];

beforeEach(async () => {
  asked.length = 0;
  server = createServer((request, response) => {
    asked.push(request.headers);
    const { status, region } = answer;
    response.writeHead(status, region === undefined ? {} : { 'x-amz-bucket-region': region }).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const name of ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_REGION', 'us-east-1');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

const ask = (signedIn: boolean) => {
  const { port } = server.address() as AddressInfo;
  const question = { bucket: 'acme', endpoint: `http://127.0.0.1:${port}` };
  return signedIn
    ? bucketRegion({ ...question, signer: { kind: 'sandbox' } }, { sandbox: keys })
    : bucketRegion({ ...question, signer: { kind: 'default' } }, {});
};
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };

test.each([
  ['a success', { status: 200, region: 'eu-west-1' }, { found: true, region: 'eu-west-1' }],
  ['a redirect', { status: 301, region: 'eu-west-1' }, { found: true, region: 'eu-west-1' }],
  [
    'a signature for another region',
    { status: 400, region: 'eu-west-1' },
    { found: true, region: 'eu-west-1' },
  ],
  ['a refusal', { status: 403, region: 'eu-west-1' }, { found: true, region: 'eu-west-1' }],
  ['a refusal by a service without regions', { status: 403 }, { found: true, region: null }],
  ['a success of a service without regions', { status: 200 }, { found: true, region: null }],
  ['no such bucket', { status: 404 }, { found: false, region: null }],
])('%s', async (_, given, expected) => {
  answer = given;
  expect(await ask(true)).toEqual(expected);
  expect(asked.at(-1)?.authorization).toContain(keys.accessKeyId);
});

test('whoever is not signed in asks without a signature', async () => {
  answer = { status: 403, region: 'ap-southeast-1' };
  expect(await ask(false)).toEqual({ found: true, region: 'ap-southeast-1' });
  expect(asked).toHaveLength(1);
  expect(asked[0]).not.toHaveProperty('authorization');
});

test('an answer that says nothing about the bucket is an error', async () => {
  answer = { status: 501 };
  await expect(ask(true)).rejects.toMatchObject({ code: 'DESTINATION_FAILED' });
});
