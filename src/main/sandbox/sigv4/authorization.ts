/** What a request claims about its signature: from the Authorization header, or from a presigned URL. */
import type { AwsRequest } from '../http/request.ts';
import { accessDenied, ServiceError } from '../http/service-error.ts';
import type { Scope } from './signature.ts';

export interface Claim {
  readonly accessKeyId: string;
  readonly scope: Scope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** YYYYMMDDTHHMMSSZ */
  readonly timestamp: string;
  readonly token: string | undefined;
  /** Presigned URLs only: seconds from the timestamp on. */
  readonly expiresIn?: number;
  /** Presigned URLs only: the query without its signature. */
  readonly presigned: boolean;
}

const malformed = (message: string): ServiceError =>
  new ServiceError(400, 'AuthorizationHeaderMalformed', message);

const queryError = (message: string): ServiceError =>
  new ServiceError(400, 'AuthorizationQueryParametersError', message);

function parseCredential(
  text: string,
  fail: (message: string) => ServiceError,
): { accessKeyId: string; scope: Scope } {
  const match = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(text);
  const [, accessKeyId, date, region, service] = match ?? [];
  if (accessKeyId === undefined || date === undefined || region === undefined || service === undefined) {
    throw fail(
      'The authorization header is malformed; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  return { accessKeyId, scope: { date, region, service } };
}

function fromHeader(request: AwsRequest, authorization: string): Claim {
  if (!authorization.startsWith('AWS4-HMAC-SHA256 ')) {
    throw new ServiceError(
      400,
      'InvalidRequest',
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    );
  }
  const fields = new Map<string, string>();
  for (const part of authorization.slice('AWS4-HMAC-SHA256 '.length).split(',')) {
    const at = part.indexOf('=');
    fields.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  const credential = fields.get('Credential');
  const signedHeaders = fields.get('SignedHeaders');
  const signature = fields.get('Signature');
  if (credential === undefined || signedHeaders === undefined || signature === undefined) {
    throw malformed(
      'The authorization header requires three components: Credential, SignedHeaders, and Signature.',
    );
  }
  return {
    ...parseCredential(credential, malformed),
    signedHeaders: signedHeaders.split(';'),
    signature,
    timestamp: request.header('x-amz-date') ?? '',
    token: request.header('x-amz-security-token'),
    presigned: false,
  };
}

function fromQuery(request: AwsRequest): Claim {
  const parameter = (name: string): string => {
    const value = request.parameters.get(name);
    if (value === undefined) throw queryError(`Query-string authentication requires the ${name} parameter.`);
    return value;
  };
  if (parameter('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') {
    throw queryError('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  }
  const expires = parameter('X-Amz-Expires');
  if (!/^\d{1,6}$/.test(expires) || Number(expires) > 604_800) {
    throw queryError('X-Amz-Expires must be a number of seconds, at most a week (604800)');
  }
  return {
    ...parseCredential(parameter('X-Amz-Credential'), queryError),
    signedHeaders: parameter('X-Amz-SignedHeaders').split(';'),
    signature: parameter('X-Amz-Signature'),
    timestamp: parameter('X-Amz-Date'),
    token: request.parameters.get('X-Amz-Security-Token'),
    expiresIn: Number(expires),
    presigned: true,
  };
}

/**
 * @returns undefined when the request is anonymous
 * @throws ServiceError when the claim cannot be read
 */
export function readClaim(request: AwsRequest): Claim | undefined {
  const authorization = request.header('authorization');
  const inQuery = request.parameters.has('X-Amz-Signature') || request.parameters.has('X-Amz-Algorithm');
  if (authorization === undefined && !inQuery) return undefined;
  const claim = authorization === undefined ? fromQuery(request) : fromHeader(request, authorization);
  if (!/^\d{8}T\d{6}Z$/.test(claim.timestamp)) {
    throw accessDenied('AWS authentication requires a valid Date or x-amz-date header');
  }
  if (!claim.timestamp.startsWith(claim.scope.date)) {
    throw malformed('The date of the credential scope does not match the date of the request.');
  }
  if (claim.signedHeaders.some((name) => name !== name.toLowerCase())) {
    throw malformed('The names in SignedHeaders must be in lower case.');
  }
  return claim;
}
