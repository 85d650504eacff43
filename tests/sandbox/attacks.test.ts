import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { emptySha256, scopeText, sha256Hex, sign } from '../../src/main/sandbox/sigv4/signature.ts';
import { presigned, type RawRequest, type Signed, send, signed } from './raw.ts';
import { bucket, refusal, type Started, s3Of, start, tree } from './start.ts';

const target = 'attacked';
const path = `/${bucket}/${target}`;

let it: Started;
beforeAll(async () => {
  it = await start();
});
afterAll(() => it[Symbol.asyncDispose]());

const stored = () => it.sandbox.fileOf(bucket, target);
afterEach(async () => {
  expect((await tree(it.folder)).filter((file) => file.startsWith('.sluice/tmp'))).toEqual([]);
});

const attempt = (request: Partial<RawRequest>, spoil: (signed: Signed) => Partial<Signed> = () => ({})) => {
  const good = signed(it.sandbox, { path, ...request });
  return send(it.sandbox, { ...good, ...spoil(good) });
};

function crc(data: string | Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(data));
  return bytes.toString('base64');
}

describe('signatures', () => {
  const spoiledHeaders = (change: Record<string, string | undefined>) => (good: Signed) => {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries({ ...good.headers, ...change })) {
      if (value !== undefined) headers[name] = value;
    }
    return { headers };
  };

  test('a good one passes', async () => {
    const answer = await send(it.sandbox, signed(it.sandbox, { path: `/${bucket}/good`, body: 'x' }));
    expect(answer.status).toBe(200);
    expect(answer.headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/);
    expect(answer.headers['x-amz-id-2']).toBeDefined();
  });

  test.each([
    ['no signature', spoiledHeaders({ authorization: undefined }), 403, 'AccessDenied'],
    ['another scheme', spoiledHeaders({ authorization: 'AWS AKIA:abc' }), 400, 'InvalidRequest'],
    [
      'half a signature',
      spoiledHeaders({ authorization: 'AWS4-HMAC-SHA256 Credential=x' }),
      400,
      'AuthorizationHeaderMalformed',
    ],
    ['another target', () => ({ target: `${path}2` }), 403, 'SignatureDoesNotMatch'],
    ['another method', () => ({ method: 'POST' }), 403, 'SignatureDoesNotMatch'],
    ['another query', () => ({ target: `${path}?tagging=` }), 403, 'SignatureDoesNotMatch'],
    ['a header added', spoiledHeaders({ 'x-amz-meta-a': 'b' }), 403, 'AccessDenied'],
    ['a token added', spoiledHeaders({ 'x-amz-security-token': 'b' }), 403, 'AccessDenied'],
    ['another host', spoiledHeaders({ host: 'evil.example' }), 403, 'SignatureDoesNotMatch'],
    [
      'another time',
      spoiledHeaders({ 'x-amz-date': '20241127T000000Z' }),
      400,
      'AuthorizationHeaderMalformed',
    ],
    [
      'another claim about the body',
      spoiledHeaders({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
      403,
      'SignatureDoesNotMatch',
    ],
  ])('%s', async (_, spoil, status, code) => {
    expect(await attempt({ body: 'x' }, spoil)).toMatchObject({ status, code });
    expect(stored()).toBeUndefined();
  });

  test('a wrong secret, by the SDK', async () => {
    const keys = { ...it.sandbox.user, secretAccessKey: `${it.sandbox.user.secretAccessKey}x` };
    const put = new PutObjectCommand({ Bucket: bucket, Key: target, Body: 'x' });
    expect(await refusal(s3Of(it.sandbox, keys).send(put))).toMatchObject({
      name: 'SignatureDoesNotMatch',
      status: 403,
    });
    expect(stored()).toBeUndefined();
  });

  test.each([-16, 16])('a clock that is %i minutes off', async (minutes) => {
    const at = new Date(Date.now() + minutes * 60_000);
    expect(await attempt({ body: 'x', at })).toMatchObject({ status: 403, code: 'RequestTimeTooSkewed' });
    const sts = signed(it.sandbox, {
      method: 'POST',
      path: '/',
      service: 'sts',
      body: 'Action=GetCallerIdentity',
      at,
    });
    expect(await send(it.sandbox, sts)).toMatchObject({ status: 403, code: 'RequestTimeTooSkewed' });
  });

  test.each([-14, 14])('a clock that is %i minutes off is near enough', async (minutes) => {
    const at = new Date(Date.now() + minutes * 60_000);
    expect(await attempt({ method: 'GET', at })).toMatchObject({ status: 404, code: 'NoSuchKey' });
  });

  test('the SDK finds the true time by itself', async () => {
    await using fast = await start({ clock: () => new Date(Date.now() + 3_600_000) });
    const put = new PutObjectCommand({ Bucket: bucket, Key: 'late', Body: 'x' });
    expect((await fast.s3.send(put)).$metadata.attempts).toBe(2);
  });

  test('a signature for another service', async () => {
    expect(await attempt({ body: 'x', service: 'sts' })).toMatchObject({
      status: 400,
      code: 'AuthorizationHeaderMalformed',
    });
  });

  test('STS: none, and a body that was changed', async () => {
    const good = signed(it.sandbox, {
      method: 'POST',
      path: '/',
      service: 'sts',
      body: 'Action=GetCallerIdentity',
    });
    expect((await send(it.sandbox, good)).text).toContain('<GetCallerIdentityResult>');
    const { authorization: _, ...bare } = good.headers;
    expect(await send(it.sandbox, { ...good, headers: bare })).toMatchObject({
      status: 403,
      code: 'MissingAuthenticationToken',
    });
    const changed = { ...good, body: Buffer.from('Action=AssumeRole') };
    expect(await send(it.sandbox, changed)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
  });
});

describe('presigned URLs', () => {
  test('read until they expire', async () => {
    await it.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'shared', Body: 'hello' }));
    const url = `/${bucket}/shared`;
    expect(await send(it.sandbox, presigned(it.sandbox, url, 60))).toMatchObject({
      status: 200,
      text: 'hello',
    });
    const old = presigned(it.sandbox, url, 60, new Date(Date.now() - 61_000));
    expect(await send(it.sandbox, old)).toMatchObject({ status: 403, code: 'AccessDenied' });
    const other = presigned(it.sandbox, url, 60);
    const moved = { ...other, target: other.target.replace('shared', 'other') };
    expect(await send(it.sandbox, moved)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    const longer = { ...other, target: other.target.replace('Expires=60', 'Expires=600') };
    expect(await send(it.sandbox, longer)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
  });
});

describe('bodies', () => {
  const md5 = createHash('md5').update('x').digest('base64');
  test.each([
    ['changed on the way', { body: 'x', payloadHash: sha256Hex('y') }, 'XAmzContentSHA256Mismatch'],
    ['a wrong CRC-32', { body: 'x', headers: { 'x-amz-checksum-crc32': crc('y') } }, 'BadDigest'],
    ['a CRC-32 that is none', { body: 'x', headers: { 'x-amz-checksum-crc32': 'abc' } }, 'InvalidRequest'],
    [
      'two checksums',
      { body: 'x', headers: { 'x-amz-checksum-crc32': crc('x'), 'x-amz-checksum-sha1': 'abc' } },
      'InvalidRequest',
    ],
    [
      'a checksum of another kind',
      { body: 'x', headers: { 'x-amz-checksum-xxhash64': 'abc' } },
      'NotImplemented',
    ],
    ['a wrong MD5', { body: 'y', headers: { 'content-md5': md5 } }, 'BadDigest'],
    ['an MD5 that is none', { body: 'x', headers: { 'content-md5': 'abc' } }, 'InvalidDigest'],
    ['an unknown claim', { body: 'x', payloadHash: 'SOMETHING' }, 'InvalidArgument'],
    ['no length', { body: 'x', headers: { 'transfer-encoding': 'chunked' } }, 'MissingContentLength'],
  ])('%s', async (_, request, code) => {
    expect((await attempt(request)).code).toBe(code);
    expect(stored()).toBeUndefined();
  });

  test('a right MD5 passes', async () => {
    const answer = await attempt({ path: `/${bucket}/md5`, body: 'x', headers: { 'content-md5': md5 } });
    expect(answer.status).toBe(200);
  });

  test('an address that is no UTF-8', async () => {
    const answer = await attempt({ method: 'GET' }, () => ({ target: '/tests/%ff' }));
    expect(answer).toMatchObject({ status: 400, code: 'InvalidURI' });
  });

  test('XML that is none', async () => {
    for (const body of [
      '<Delete>',
      '<a/>',
      '<Delete><Object/></Delete>',
      'x',
      '<!DOCTYPE a><Delete/>',
      '<Delete>&x;</Delete>',
    ]) {
      const headers = { 'x-amz-checksum-crc32': crc(body) };
      const answer = await attempt({
        method: 'POST',
        path: `/${bucket}`,
        query: [['delete', '']],
        body,
        headers,
      });
      expect(answer).toMatchObject({ status: 400, code: 'MalformedXML' });
    }
  });
});

describe('aws-chunked', () => {
  const streaming = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
  const headers = {
    'x-amz-decoded-content-length': '5',
    'x-amz-trailer': 'x-amz-checksum-crc32',
    'content-encoding': 'aws-chunked',
  };
  const trailer = `x-amz-checksum-crc32:${crc('hello')}`;
  const attemptChunked = (body: string, more: Partial<RawRequest> = {}) =>
    attempt({ body, headers, payloadHash: streaming, ...more });

  test('a good body passes', async () => {
    const answer = await attemptChunked(`2\r\nhe\r\n3\r\nllo\r\n0\r\n${trailer}\r\n\r\n`, {
      path: `/${bucket}/chunked`,
    });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers['x-amz-checksum-crc32']).toBe(crc('hello'));
  });

  test.each([
    ['a wrong trailing checksum', `5\r\nhello\r\n0\r\nx-amz-checksum-crc32:${crc('y')}\r\n\r\n`, 'BadDigest'],
    ['no trailing checksum', '5\r\nhello\r\n0\r\n\r\n', 'MalformedTrailerError'],
    ['a trailer without a colon', '5\r\nhello\r\n0\r\nnonsense\r\n\r\n', 'MalformedTrailerError'],
    ['a chunk cut short', '5\r\nhel', 'IncompleteBody'],
    ['no last chunk', '5\r\nhello\r\n', 'IncompleteBody'],
    ['no end of the trailers', `5\r\nhello\r\n0\r\n${trailer}\r\n`, 'IncompleteBody'],
    ['fewer bytes than promised', `4\r\nhell\r\n0\r\n${trailer}\r\n\r\n`, 'IncompleteBody'],
    ['more bytes than promised', `6\r\nhello!\r\n0\r\n${trailer}\r\n\r\n`, 'IncompleteBody'],
    ['a chunk longer than its header', `4\r\nhello\r\n0\r\n${trailer}\r\n\r\n`, 'IncompleteBody'],
    ['a size that is no number', `x\r\nhello\r\n0\r\n${trailer}\r\n\r\n`, 'IncompleteBody'],
    ['bytes behind the end', `5\r\nhello\r\n0\r\n${trailer}\r\n\r\nmore`, 'IncompleteBody'],
    ['a line without an end', 'a'.repeat(100_000), 'IncompleteBody'],
  ])('%s', async (_, body, code) => {
    expect(await attemptChunked(body)).toMatchObject({ status: 400, code });
    expect(stored()).toBeUndefined();
  });

  test('without its decoded length', async () => {
    const { 'x-amz-decoded-content-length': _, ...rest } = headers;
    expect(await attemptChunked('0\r\n\r\n', { headers: rest })).toMatchObject({
      status: 411,
      code: 'MissingContentLength',
    });
  });

  /** A signed stream with a signed trailer. */
  function signedBody({ key, seed, timestamp, scope }: Signed, chunks: string[], trailing: boolean): string {
    let previous = seed;
    const next = (kind: string, ...hashes: string[]): string => {
      previous = sign(
        key,
        [`AWS4-HMAC-SHA256-${kind}`, timestamp, scopeText(scope), previous, ...hashes].join('\n'),
      );
      return previous;
    };
    const lines = [...chunks, ''].map((chunk) => {
      const signature = next('PAYLOAD', emptySha256, sha256Hex(chunk));
      return `${chunk.length.toString(16)};chunk-signature=${signature}\r\n${chunk}${chunk === '' ? '' : '\r\n'}`;
    });
    if (!trailing) return `${lines.join('')}\r\n`;
    const signature = next('TRAILER', sha256Hex(`${trailer}\n`));
    return `${lines.join('')}${trailer}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`;
  }

  test.each([false, true])('chunks signed one by one (trailer: %s)', async (trailing) => {
    const payloadHash = `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailing ? '-TRAILER' : ''}`;
    const { 'x-amz-trailer': _, ...bare } = headers;
    const more = { headers: trailing ? headers : bare, payloadHash };
    const changes: [RegExp | string, string, number][] = [
      ['', '', 200],
      ['llo', 'LLO', 403],
      [/signature=./, 'signature=', 400],
      [/;chunk-signature=\w+/, '', 403],
    ];
    if (trailing)
      changes.push([/x-amz-trailer-signature.*\r\n/, '', 403], [/(crc32:).*/, `$1${crc('hellO')}\r`, 403]);
    for (const [from, to, status] of changes) {
      const good = status === 200;
      const request = { path: good ? `/${bucket}/signed-${trailing}` : path, ...more };
      const answer = await attempt(request, (head) => ({
        body: Buffer.from(signedBody(head, ['he', 'llo'], trailing).replace(from, to)),
      }));
      expect([String(from), answer.status]).toEqual([String(from), status]);
      expect(stored()).toBeUndefined();
    }
  });
});

describe('broken connections', () => {
  /** Sends text over a bare socket, ends or breaks it, and returns what came back. */
  async function speak(message: string, end: 'half-close' | 'break'): Promise<string> {
    const socket = connect(Number(new URL(it.sandbox.endpoint).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(message);
    if (end === 'break') {
      await new Promise((resolve) => setTimeout(resolve, 50));
      socket.destroy();
      return '';
    }
    socket.end();
    return text(socket);
  }

  const truncated = () => {
    const good = signed(it.sandbox, { path, body: 'x'.repeat(1000) });
    const headers = Object.entries({ ...good.headers, 'content-length': '1000' });
    return `PUT ${good.target} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${'x'.repeat(500)}`;
  };

  test('a body that ends early stores nothing', async () => {
    expect(await speak(truncated(), 'half-close')).toContain('<Code>IncompleteBody</Code>');
    await speak(truncated(), 'break');
    await expect.poll(async () => (await tree(it.folder)).filter((file) => file.includes('tmp'))).toEqual([]);
    expect(stored()).toBeUndefined();
  });

  test('a refusal in the middle of a large body is answered, and the connection goes on', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const body = Buffer.alloc(20 * 1024 ** 2, 'x');
    const headers = {
      'content-length': String(body.length),
      'x-amz-decoded-content-length': '5',
      'x-amz-trailer': 'x-amz-checksum-crc32',
    };
    const payloadHash = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
    const broken = signed(it.sandbox, { path, headers, payloadHash });
    const astray = signed(it.sandbox, { path: '/no-such-bucket/x', body });
    const good = signed(it.sandbox, { method: 'GET', path });
    const answers = [{ ...broken, body }, astray, good].map((request) => send(it.sandbox, request, agent));
    const codes = (await Promise.all(answers)).map((answer) => answer.code);
    expect(codes).toEqual(['IncompleteBody', 'NoSuchBucket', 'NoSuchKey']);
    agent.destroy();
  });

  test('what is not HTTP is refused', async () => {
    expect(await speak('hello\r\n\r\n', 'half-close')).toContain('400 Bad Request');
  });
});

test('HEAD errors have no body', async () => {
  const missing = await attempt({ method: 'HEAD' });
  expect(missing).toMatchObject({ status: 404, text: '' });
  expect(missing.headers['x-amz-request-id']).toBeDefined();
});

test('methods that S3 does not have', async () => {
  expect(await attempt({ method: 'PATCH' })).toMatchObject({ status: 405, code: 'MethodNotAllowed' });
  expect(await attempt({ method: 'POST' })).toMatchObject({ status: 405, code: 'MethodNotAllowed' });
});

test('the bucket may stand in the host name', async () => {
  const { port } = new URL(it.sandbox.endpoint);
  for (const host of [`${bucket}.127.0.0.1:${port}`, `${bucket}.localhost:${port}`]) {
    const answer = await send(
      it.sandbox,
      signed(it.sandbox, { path: '/by/host', body: host, headers: { host } }),
    );
    expect(answer.status).toBe(200);
    expect(it.sandbox.fileOf(bucket, 'by/host')).toBeDefined();
  }
});
