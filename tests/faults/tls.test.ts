/** Names that do not resolve, ports that refuse, and certificates that nobody vouches for. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBucket } from '../../src/main/access/bucket.ts';
import type { ErrorCode } from '../../src/shared/errors.ts';
import type { DestinationSettings } from '../../src/shared/model.ts';
import { failure } from '../support/source-reading.ts';

const settings = (endpoint: string): DestinationSettings => ({
  ...{ name: 'lake', bucket: 'some-bucket', region: 'us-east-1', pathPrefix: '', pathStyle: true, endpoint },
  access: { type: 'keys', accessKeyId: 'AKIAABCDEFGHIJKLMNOP' },
});
const context = { externalId: 'some-id', secretAccessKey: async () => 'secret' };

/** The error of a listing at that address; every one must be of the network, with its reason. */
async function unreachable(endpoint: string, code: ErrorCode = 'DESTINATION_UNREACHABLE'): Promise<string> {
  using bucket = openBucket(settings(endpoint), context);
  const error = await failure(bucket.list('', 1), code);
  expect(error.message).not.toMatch(/unknown/i);
  return error.message;
}

test('a name that does not exist', async () => {
  expect(await unreachable('http://no-such-host.invalid')).toMatch(/ENOTFOUND|EAI_AGAIN/);
});

test('a port where nobody listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  expect(await unreachable(`http://127.0.0.1:${port}`)).toContain('ECONNREFUSED');
});

describe('TLS', () => {
  let folder: string;
  const servers: Server[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slc-tls-'));
  });
  afterAll(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A server with a certificate of its own making. */
  async function serve(...extra: string[]): Promise<number> {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name)) as [string, string];
    execFileSync(
      'openssl',
      [
        ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'.split(' '),
        ...['-keyout', key, '-out', cert],
        ...extra,
      ],
      { stdio: 'ignore' },
    );
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  test('a certificate of an unknown authority', async () => {
    const port = await serve('-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost');
    const words = await unreachable(`https://localhost:${port}`, 'CERTIFICATE_UNTRUSTED');
    expect(words).toMatch(/SELF_SIGNED|UNABLE_TO/);
  });

  test('plain HTTP where TLS is spoken', async () => {
    const port = await serve('-subj', '/CN=localhost');
    expect(await unreachable(`http://localhost:${port}`)).toMatch(/ECONNRESET|EPIPE|hang up|socket/i);
  });
});
