/** AWS's own examples: "Signature Calculations for the Authorization Header", Amazon S3 API reference. */
import { describe, expect, test } from 'vitest';
import { decodeChunked } from '../../src/main/sandbox/payload/aws-chunked.ts';
import { Crc64Nvme, crc32c } from '../../src/main/sandbox/payload/crc.ts';
import {
  canonicalRequest,
  emptySha256,
  sign,
  signingKey,
  stringToSign,
} from '../../src/main/sandbox/sigv4/signature.ts';

const scope = { date: '20130524', region: 'us-east-1', service: 's3' };
const timestamp = '20130524T000000Z';
const key = signingKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', scope);

interface Example {
  readonly method: string;
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly headers: Record<string, string>;
  readonly payloadHash: string;
}

function signatureOf({ method, path, query = [], headers, payloadHash }: Example): string {
  const all: Record<string, string> = { host: 'examplebucket.s3.amazonaws.com', ...headers };
  const canonical = canonicalRequest({
    method,
    path,
    query,
    headers: new Map(Object.entries(all).map(([name, value]) => [name, [value]])),
    signedHeaders: Object.keys(all).sort(),
    payloadHash,
  });
  return sign(key, stringToSign(timestamp, scope, canonical));
}

const plain = { 'x-amz-content-sha256': emptySha256, 'x-amz-date': timestamp };

test('GET with a range', () => {
  const headers = { ...plain, range: 'bytes=0-9' };
  expect(signatureOf({ method: 'GET', path: '/test.txt', headers, payloadHash: emptySha256 })).toBe(
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
});

test('PUT with a $ in the key', () => {
  const payloadHash = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';
  const headers = {
    date: 'Fri, 24 May 2013 00:00:00 GMT',
    'x-amz-date': timestamp,
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': payloadHash,
  };
  expect(signatureOf({ method: 'PUT', path: '/test$file.text', headers, payloadHash })).toBe(
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  );
});

test('GET with query parameters', () => {
  const list: Example = {
    method: 'GET',
    path: '/',
    query: [
      ['prefix', 'J'],
      ['max-keys', '2'],
    ],
    headers: plain,
    payloadHash: emptySha256,
  };
  expect(signatureOf(list)).toBe('34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7');
});

describe('a signed stream of 66,560 bytes', () => {
  const seed = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
  const signatures = [
    'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
  ];

  function body(letter: string, sizes = [65_536, 1024, 0]): Buffer {
    const chunks = sizes.map(
      (size, index) =>
        `${size.toString(16)};chunk-signature=${signatures[index]}\r\n${letter.repeat(size)}\r\n`,
    );
    return Buffer.from(chunks.join(''));
  }

  async function decode(bytes: Buffer, step: number): Promise<string> {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
    }
    const signer = { key, scope, timestamp, seed };
    const decoded: Buffer[] = [];
    for await (const chunk of decodeChunked(pieces(), { signer, trailing: false, onTrailers: () => {} })) {
      decoded.push(chunk);
    }
    return Buffer.concat(decoded).toString();
  }

  test.each([1, 7, 1000, 1_000_000])('in pieces of %i bytes', async (step) => {
    expect(await decode(body('a'), step)).toBe('a'.repeat(66_560));
  });

  test('with another byte, or without an end', async () => {
    await expect(decode(body('b'), 1000)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    await expect(decode(body('a').subarray(0, -60), 1000)).rejects.toMatchObject({ code: 'IncompleteBody' });
    await expect(decode(body('a').subarray(0, -100), 1000)).rejects.toMatchObject({ code: 'IncompleteBody' });
  });
});

test('check values of the CRCs', () => {
  const digits = Buffer.from('123456789');
  expect(crc32c(digits)).toBe(0xe3069283);
  expect(crc32c(digits.subarray(4), crc32c(digits.subarray(0, 4)))).toBe(0xe3069283);
  const crc64 = new Crc64Nvme();
  crc64.update(digits.subarray(0, 4));
  crc64.update(digits.subarray(4));
  expect(crc64.digest().toString('hex')).toBe('ae8b14860a799888');
});
