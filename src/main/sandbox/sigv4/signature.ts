/** The arithmetic of AWS Signature Version 4. Source: AWS's "Create a signed AWS API request". */
import { createHash, createHmac } from 'node:crypto';

/** `20241127/us-east-1/s3/aws4_request`, taken apart. */
export interface Scope {
  /** YYYYMMDD */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export const sha256Hex = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');

export const emptySha256 = sha256Hex('');

const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

export const scopeText = (scope: Scope): string =>
  `${scope.date}/${scope.region}/${scope.service}/aws4_request`;

export function signingKey(secret: string, scope: Scope): Buffer {
  const date = hmac(`AWS4${secret}`, scope.date);
  return hmac(hmac(hmac(date, scope.region), scope.service), 'aws4_request');
}

/** The signature in hex of a string to sign. */
export const sign = (key: Buffer, stringToSign: string): string => hmac(key, stringToSign).toString('hex');

/** Percent-encodes everything but the unreserved characters of RFC 3986. */
export const encodeStrict = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function canonicalQuery(query: readonly (readonly [string, string])[]): string {
  return query
    .map(([name, value]) => [encodeStrict(name), encodeStrict(value)] as const)
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

export interface CanonicalParts {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Lower case, sorted. */
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
}

/** Neither S3 nor the one path of STS (`/`) needs the path to be normalised or encoded twice. */
export function canonicalRequest(parts: CanonicalParts): string {
  const path = parts.path.split('/').map(encodeStrict).join('/');
  const headers = parts.signedHeaders.map((name) => {
    const values = parts.headers.get(name) ?? [];
    return `${name}:${values.map((value) => value.trim().replace(/ +/g, ' ')).join(',')}\n`;
  });
  return [
    parts.method,
    path,
    canonicalQuery(parts.query),
    headers.join(''),
    parts.signedHeaders.join(';'),
    parts.payloadHash,
  ].join('\n');
}

export const stringToSign = (timestamp: string, scope: Scope, canonical: string): string =>
  ['AWS4-HMAC-SHA256', timestamp, scopeText(scope), sha256Hex(canonical)].join('\n');
