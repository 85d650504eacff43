/** A network as companies have it: no way out but a proxy, which speaks with certificates of the company's own. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { proxyEnvironment } from '../../src/main/access/http.ts';
import { whoAmI } from '../../src/main/access/identity.ts';
import { assumeRole, type Credentials } from '../../src/main/access/signing.ts';
import type { DestinationSettings } from '../../src/shared/model.ts';
import { type AccessRig, externalId, startAccessRig, tested } from './rig.ts';

const portal = 'portal.sso.eu-central-1.amazonaws.com';
const names = [
  's3.company.test',
  'sts.company.test',
  portal,
  'sts.us-east-1.amazonaws.com',
  'iam.amazonaws.com',
];

let rig: AccessRig;
let folder: string;
let tls: Server;
let proxy: Server;
/** The names that the proxy was asked for. */
const asked: string[] = [];
let wanted: string | undefined;
/** What the sign-in portal gives. */
let session: Credentials;

beforeAll(async () => {
  rig = await startAccessRig();
  session = await assumeRole(rig.role(), rig.context, { externalId });
  folder = mkdtempSync(join(tmpdir(), 'slc-company-'));
  makeCertificates();
  tls = createTlsServer(
    { key: readFileSync(join(folder, 'server.key')), cert: readFileSync(join(folder, 'server.pem')) },
    serve,
  ).listen(0, '127.0.0.1');
  await once(tls, 'listening');
  proxy = createServer().listen(0, '127.0.0.1');
  proxy.on('connect', (incoming: IncomingMessage, socket) => {
    asked.push(incoming.url ?? '');
    if (wanted !== undefined && incoming.headers['proxy-authorization'] !== wanted) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const inside = connect((tls.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      inside.pipe(socket).pipe(inside);
    });
    inside.on('error', () => socket.destroy());
    socket.on('error', () => inside.destroy());
  });
  await once(proxy, 'listening');
}, 60_000);
afterAll(async () => {
  for (const server of [tls, proxy]) {
    server.close();
    server.closeAllConnections();
  }
  await rig[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });

/** An authority of the company's own, and a certificate of it for every name. */
function makeCertificates(): void {
  const ec = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'.split(' ');
  openssl(
    'req',
    '-x509',
    ...ec,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=Company CA',
    '-days',
    '2',
  );
  openssl('req', ...ec, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=company');
  writeFileSync(join(folder, 'san.cnf'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
  openssl(
    ...['x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-out', 'server.pem', '-days', '2', '-extfile', 'san.cnf'],
  );
}

/** The sign-in portal itself; everything else is the sandbox, asked by the name that was signed. */
function serve(incoming: IncomingMessage, response: ServerResponse): void {
  if (incoming.headers.host === portal) {
    const given = incoming.headers['x-amz-sso_bearer_token'];
    if (given !== 'a-token')
      response.writeHead(401, { 'x-amzn-errortype': 'UnauthorizedException' }).end('{}');
    else
      response.end(JSON.stringify({ roleCredentials: { ...session, expiration: Date.now() + 3_600_000 } }));
    return;
  }
  const { port } = new URL(rig.sandbox.endpoint);
  const { method, url, headers } = incoming;
  const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  incoming.pipe(outgoing);
}

beforeEach(() => {
  asked.length = 0;
  wanted = undefined;
  const { port } = proxy.address() as AddressInfo;
  for (const name of [
    'HTTP_PROXY',
    'http_proxy',
    'https_proxy',
    'NO_PROXY',
    'no_proxy',
    'NODE_EXTRA_CA_CERTS',
  ])
    vi.stubEnv(name, undefined);
  vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_CA_BUNDLE', join(folder, 'ca.pem'));
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  vi.stubEnv('AWS_PROFILE', undefined);
});
afterEach(() => vi.unstubAllEnvs());

const settings = (changes: Partial<DestinationSettings> = {}) =>
  rig.role({ endpoint: 'https://s3.company.test', stsEndpoint: 'https://sts.company.test', ...changes });
const firstFailure = async (changes?: Partial<DestinationSettings>) =>
  (await tested(settings(changes), rig.context)).checks.find(({ verdict }) => verdict === 'failed');

test('the whole test goes through the proxy, and trusts the company', async () => {
  const { checks } = await tested(settings(), rig.context);
  expect(checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
  expect(new Set(asked)).toEqual(new Set(['s3.company.test:443', 'sts.company.test:443']));
});

test('the name of the setting may be in lower case, and the certificates may be named by NODE_EXTRA_CA_CERTS', async () => {
  vi.stubEnv('https_proxy', process.env.HTTPS_PROXY);
  vi.stubEnv('HTTPS_PROXY', undefined);
  vi.stubEnv('NODE_EXTRA_CA_CERTS', process.env.AWS_CA_BUNDLE);
  vi.stubEnv('AWS_CA_BUNDLE', undefined);
  expect(await firstFailure()).toBeUndefined();
  expect(asked).not.toEqual([]);
});

test('the certificates may be named by the profile', async () => {
  writeFileSync(
    join(folder, 'config'),
    `[default]\nregion = eu-central-1\nca_bundle = ${join(folder, 'ca.pem')}\n`,
  );
  vi.stubEnv('AWS_CA_BUNDLE', undefined);
  try {
    expect(await firstFailure()).toBeUndefined();
  } finally {
    rmSync(join(folder, 'config'));
  }
});

test('without the certificates of the company: what to do', async () => {
  vi.stubEnv('AWS_CA_BUNDLE', undefined);
  expect(await firstFailure()).toMatchObject({
    ...{ check: 'identity', code: 'CERTIFICATE_UNTRUSTED' },
    fix: expect.stringMatching(/AWS_CA_BUNDLE/),
  });
});

test('certificates that cannot be read: which file, by which setting', async () => {
  vi.stubEnv('AWS_CA_BUNDLE', '/no/such/file.pem');
  const failure = await firstFailure();
  expect(failure).toMatchObject({ code: 'INPUT_INVALID' });
  expect(failure?.cause).toMatch(/\/no\/such\/file\.pem \(AWS_CA_BUNDLE\) cannot be read: ENOENT/);
});

test('a proxy that wants a password gets it, and it is told to nobody', async () => {
  wanted = `Basic ${Buffer.from('anna:canary-pw').toString('base64')}`;
  const url = (process.env.HTTPS_PROXY ?? '').replace('//', '//anna:canary-pw@');
  vi.stubEnv('HTTPS_PROXY', url);
  expect(await firstFailure()).toBeUndefined();
  wanted = 'Basic another';
  const failure = await firstFailure();
  expect(failure).toMatchObject({
    check: 'identity',
    code: 'PROXY_FAILED',
    fix: expect.stringContaining('HTTPS_PROXY'),
  });
  expect(JSON.stringify(failure)).not.toMatch(/canary|anna/);
});

test('a proxy that is not there is named', async () => {
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1');
  expect(await firstFailure()).toMatchObject({
    cause: expect.stringMatching(/127\.0\.0\.1:1.*ECONNREFUSED/),
  });
});

test('NO_PROXY goes past it', async () => {
  vi.stubEnv('NO_PROXY', '.company.test');
  expect(await firstFailure()).toMatchObject({
    ...{ check: 'identity', code: 'DESTINATION_UNREACHABLE' },
    cause: expect.stringMatching(/The name sts\.company\.test could not be found .*(ENOTFOUND|EAI_AGAIN)/),
    fix: expect.stringContaining('HTTPS_PROXY'),
  });
  expect(asked).toEqual([]);
});

test('what runs on this computer is never asked for through a proxy', async () => {
  vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1');
  const { checks } = await tested(rig.role(), rig.context);
  expect(checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
  expect(proxyEnvironment({ https_proxy: 'http://p', no_proxy: 'a.b' })).toEqual({
    ...{ https_proxy: 'http://p', NO_PROXY: 'a.b,localhost,127.0.0.1,[::1],::1' },
  });
});

test('the sign-in of IAM Identity Center goes through it too, and the session is used', async () => {
  signInWith(new Date(Date.now() + 3_600_000));
  const signer = { kind: 'profile', profile: 'work' } as const;
  expect(await whoAmI(signer, {})).toMatchObject({
    ...{ arn: 'arn:aws:sts::123456789012:assumed-role/loader/sluice', kind: 'role', name: 'loader' },
    foundBy: {
      way: 'sso',
      profile: 'work',
      words: 'the profile "work", signed in through IAM Identity Center',
    },
    principal: { aws: 'arn:aws:iam::123456789012:root', arnLike: [expect.any(String), expect.any(String)] },
  });
  expect(asked).toEqual([`${portal}:443`, 'sts.us-east-1.amazonaws.com:443', 'iam.amazonaws.com:443']);
});

test('a sign-in that is over: the command that signs in', async () => {
  signInWith(new Date(Date.now() - 1000));
  const signer = { kind: 'profile', profile: 'work' } as const;
  await expect(whoAmI(signer, {})).rejects.toMatchObject({
    ...{ code: 'NOT_SIGNED_IN', fix: 'Run "aws sso login --profile work", then try again.' },
    details: { profile: 'work', signIn: 'aws sso login --profile work' },
  });
  const check = await firstFailure({
    access: { type: 'role', roleArn: 'arn:aws:iam::123456789012:role/loader', signer },
  });
  expect(check).toMatchObject({ check: 'identity', code: 'NOT_SIGNED_IN', field: 'profile' });
  expect(check?.remedies).toEqual([
    { kind: 'command', label: 'Sign in', text: 'aws sso login --profile work' },
  ]);
});

/** The files that `aws sso login` leaves. */
function signInWith(expiresAt: Date): void {
  vi.stubEnv('HOME', folder);
  const startUrl = 'https://corp.awsapps.com/start';
  writeFileSync(
    join(folder, 'config'),
    `[profile work]\nsso_start_url = ${startUrl}\nsso_region = eu-central-1\nsso_account_id = 123456789012\nsso_role_name = Data\nregion = us-east-1\n`,
  );
  const cache = join(folder, '.aws/sso/cache');
  mkdirSync(cache, { recursive: true });
  const file = `${createHash('sha1').update(startUrl).digest('hex')}.json`;
  const token = {
    startUrl,
    region: 'eu-central-1',
    accessToken: 'a-token',
    expiresAt: expiresAt.toISOString(),
  };
  writeFileSync(join(cache, file), JSON.stringify(token));
}
