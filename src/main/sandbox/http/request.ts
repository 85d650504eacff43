/** One HTTP request as the services see it: nothing of it is normalised that a signature covers. */
import type { IncomingMessage } from 'node:http';
import { ServiceError } from './service-error.ts';

export interface AwsRequest {
  /** Sent back as x-amz-request-id. */
  readonly id: string;
  readonly method: string;
  /** The path after percent-decoding; `..` and `//` are kept, since they may be part of a key. */
  readonly path: string;
  /** Decoded, in the order sent. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Decoded; the first value of a repeated name. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Lower-case names; the values of a repeated name stand in the order sent. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The value of a header, repeated ones joined by a comma. */
  header(name: string): string | undefined;
  readonly incoming: IncomingMessage;
}

const invalidUri = (): ServiceError =>
  new ServiceError(400, 'InvalidURI', "Couldn't parse the specified URI.");

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) throw invalidUri();
    throw error;
  }
}

/** Splits `a=1&b` and decodes it; `+` is a space, as AWS reads it. */
export function parseQuery(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = at === -1 ? pair : pair.slice(0, at);
    const value = at === -1 ? '' : pair.slice(at + 1);
    pairs.push([decode(name.replaceAll('+', ' ')), decode(value.replaceAll('+', ' '))]);
  }
  return pairs;
}

function collectHeaders(raw: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [raw[index + 1] ?? '']);
    else values.push(raw[index + 1] ?? '');
  }
  return headers;
}

/** @throws ServiceError InvalidURI when path or query is not valid percent-encoded UTF-8 */
export function readRequest(incoming: IncomingMessage, id: string): AwsRequest {
  // Not `new URL`: it would resolve the `..` of a key, and the signature covers the path as sent.
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const rawPath = mark === -1 ? target : target.slice(0, mark);
  if (!rawPath.startsWith('/')) throw invalidUri();
  const query = parseQuery(mark === -1 ? '' : target.slice(mark + 1));
  const parameters = new Map<string, string>();
  for (const [name, value] of query) if (!parameters.has(name)) parameters.set(name, value);
  const headers = collectHeaders(incoming.rawHeaders);
  return {
    id,
    method: incoming.method ?? 'GET',
    path: decode(rawPath),
    query,
    parameters,
    headers,
    header: (name) => headers.get(name)?.join(','),
    incoming,
  };
}
