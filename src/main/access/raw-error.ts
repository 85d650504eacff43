/** The parts of an error of the SDK, of Node's network or of a provider of credentials that decide what it means. */

export interface RawError {
  readonly name: string;
  readonly message: string;
  /** Node's system or TLS code, e.g. ENOTFOUND. */
  readonly systemCode: string | undefined;
  /** The host name or address that could not be reached. */
  readonly host: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** The region that S3 says the bucket is in. */
  readonly bucketRegion: string | undefined;
}

interface Fields {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly hostname?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly Region?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Record<string, string> };
}

const fieldsOf = (error: unknown): Fields => (typeof error === 'object' && error !== null ? error : {});

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Every field may be missing. */
export function readRawError(error: unknown): RawError {
  const e = fieldsOf(error);
  const network = networkErrorIn(e);
  const { hostname, address, port } = network;
  const place = text(hostname) ?? text(address);
  return {
    name: text(e.name) ?? 'Unknown',
    message: text(e.message) ?? text(e.name) ?? 'Unknown',
    systemCode: text(network.code),
    host: place === undefined || typeof port !== 'number' ? place : `${place}:${port}`,
    status: e.$metadata?.httpStatusCode ?? e.$response?.statusCode,
    requestId: e.$metadata?.requestId,
    bucketRegion: e.$response?.headers?.['x-amz-bucket-region'] ?? text(e.Region),
  };
}

/** Where several addresses were tried, or a provider wrapped the error of its request, the innermost one tells. */
function networkErrorIn(e: Fields): Fields {
  const inner = [e.cause, Array.isArray(e.errors) ? e.errors[0] : undefined].map(fieldsOf);
  const found = inner.find(({ code }) => text(code) !== undefined);
  return found === undefined ? e : { ...e, ...found, hostname: found.hostname, address: found.address };
}

/** The SDK's stand-in for a name or a message where the answer had none, as those to HEAD. */
export const isNothing = (words: string): boolean => /^(unknown|unknownerror|error|\d{3})$/i.test(words);

/** What the service said, without a full stop at the end. */
export function wordsOf({ name, message, status }: RawError): string {
  if (message !== name && !isNothing(message)) return message.replace(/\.$/, '');
  if (!isNothing(name)) return name;
  return status === undefined ? 'no reason was given' : `HTTP ${status} without a reason`;
}
