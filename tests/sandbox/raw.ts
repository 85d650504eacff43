/** Requests signed by hand, so that a test can spoil them afterwards. */
import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Sandbox } from '../../src/main/sandbox/sandbox.ts';
import {
  canonicalRequest,
  encodeStrict,
  scopeText,
  sha256Hex,
  sign,
  signingKey,
  stringToSign,
} from '../../src/main/sandbox/sigv4/signature.ts';

export interface RawRequest {
  readonly method?: string;
  /** Decoded. */
  readonly path: string;
  readonly query?: readonly (readonly [string, string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** x-amz-content-sha256; the true hash of the body when absent. */
  readonly payloadHash?: string;
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly at?: Date;
  readonly service?: 's3' | 'sts';
}

export interface Signed {
  readonly method: string;
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  /** For the chunks of a signed stream. */
  readonly key: Buffer;
  readonly seed: string;
  readonly timestamp: string;
  readonly scope: { readonly date: string; readonly region: string; readonly service: string };
}

export const amzDate = (at: Date): string => at.toISOString().replace(/[-:]|\.\d{3}/g, '');

const targetOf = (path: string, query: readonly (readonly [string, string])[]): string => {
  const search = query.map(([name, value]) => `${encodeStrict(name)}=${encodeStrict(value)}`).join('&');
  return path.split('/').map(encodeStrict).join('/') + (search === '' ? '' : `?${search}`);
};

export function signed(sandbox: Sandbox, request: RawRequest): Signed {
  const { method = 'PUT', path, query = [], keys = sandbox.user, at = new Date(), service = 's3' } = request;
  const body = Buffer.from(request.body ?? '');
  const payloadHash = request.payloadHash ?? sha256Hex(body);
  const timestamp = amzDate(at);
  const headers: Record<string, string> = {
    host: new URL(sandbox.endpoint).host,
    'x-amz-date': timestamp,
    'x-amz-content-sha256': payloadHash,
    ...request.headers,
  };
  const scope = { date: timestamp.slice(0, 8), region: sandbox.region, service };
  const signedHeaders = Object.keys(headers).sort();
  const canonical = canonicalRequest({
    method,
    path,
    query,
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
    signedHeaders,
    payloadHash,
  });
  const key = signingKey(keys.secretAccessKey, scope);
  const seed = sign(key, stringToSign(timestamp, scope, canonical));
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scopeText(scope)}, SignedHeaders=${signedHeaders.join(';')}, Signature=${seed}`;
  return { method, target: targetOf(path, query), headers, body, key, seed, timestamp, scope };
}

/** A presigned URL's target. */
export function presigned(sandbox: Sandbox, path: string, expires: number, at = new Date()): Signed {
  const timestamp = amzDate(at);
  const scope = { date: timestamp.slice(0, 8), region: sandbox.region, service: 's3' };
  const query: [string, string][] = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${sandbox.user.accessKeyId}/${scopeText(scope)}`],
    ['X-Amz-Date', timestamp],
    ['X-Amz-Expires', String(expires)],
    ['X-Amz-SignedHeaders', 'host'],
  ];
  const { host } = new URL(sandbox.endpoint);
  const canonical = canonicalRequest({
    method: 'GET',
    path,
    query,
    headers: new Map([['host', [host]]]),
    signedHeaders: ['host'],
    payloadHash: 'UNSIGNED-PAYLOAD',
  });
  const key = signingKey(sandbox.user.secretAccessKey, scope);
  const seed = sign(key, stringToSign(timestamp, scope, canonical));
  const target = targetOf(path, [...query, ['X-Amz-Signature', seed]]);
  return { method: 'GET', target, headers: { host }, body: Buffer.alloc(0), key, seed, timestamp, scope };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The error code in the document; '' for none. */
  readonly code: string;
}

/** Sends as it stands; rejects when the connection breaks. */
export function send(
  sandbox: Sandbox,
  { method, target, headers, body }: Omit<Signed, 'key' | 'seed' | 'timestamp' | 'scope'>,
  agent: Agent | false = false,
) {
  const { port } = new URL(sandbox.endpoint);
  return new Promise<RawAnswer>((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, method, path: target, headers, agent });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('error', reject);
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const code = /<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? '';
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, code });
      });
    });
    outgoing.end(body);
  });
}
