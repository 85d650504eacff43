/** Who signed this request: every claim is checked, and compared in constant time. */
import { timingSafeEqual } from 'node:crypto';
import type { AwsRequest } from '../http/request.ts';
import { accessDenied, ServiceError, type ServiceName } from '../http/service-error.ts';
import type { Caller, Credential } from '../identity/caller.ts';
import { type Claim, readClaim } from './authorization.ts';
import { canonicalRequest, type Scope, sign, signingKey, stringToSign } from './signature.ts';

export interface Authenticator {
  readonly region: string;
  readonly now: () => Date;
  readonly credential: (accessKeyId: string) => Credential | undefined;
}

/** The signature of the headers, which the signatures of the body's chunks go on from. */
export interface ChunkSigner {
  readonly key: Buffer;
  readonly scope: Scope;
  readonly timestamp: string;
  readonly seed: string;
}

export interface Authenticated {
  readonly caller: Caller;
  readonly signer: ChunkSigner;
}

/** AWS refuses requests whose clock is further off than this. */
const maxSkewMs = 15 * 60 * 1000;

export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

const parseTimestamp = (text: string): Date =>
  new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

function checkScope(scope: Scope, region: string, service: ServiceName): void {
  if (scope.service !== service) {
    throw new ServiceError(
      400,
      service === 's3' ? 'AuthorizationHeaderMalformed' : 'SignatureDoesNotMatch',
      `The authorization header is malformed; incorrect service "${scope.service}". This endpoint belongs to "${service}".`,
    );
  }
  // IAM is one for all regions and answers in this one.
  if (scope.region === (service === 'iam' ? 'us-east-1' : region)) return;
  if (service !== 's3') {
    throw new ServiceError(
      403,
      'SignatureDoesNotMatch',
      `Credential should be scoped to a valid region, not '${scope.region}'. `,
    );
  }
  throw new ServiceError(
    400,
    'AuthorizationHeaderMalformed',
    `The authorization header is malformed; the region '${scope.region}' is wrong; expecting '${region}'`,
    { elements: { Region: region }, headers: { 'x-amz-bucket-region': region } },
  );
}

function checkTime(claim: Claim, now: Date): void {
  const signedAt = parseTimestamp(claim.timestamp).getTime();
  const age = now.getTime() - signedAt;
  if (claim.expiresIn !== undefined && age > claim.expiresIn * 1000)
    throw accessDenied('Request has expired');
  const tooOld = claim.expiresIn === undefined && age > maxSkewMs;
  // NaN, from a timestamp such as 20249999T999999Z, must not pass.
  if (tooOld || !(age >= -maxSkewMs)) {
    throw new ServiceError(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      {
        elements: {
          RequestTime: claim.timestamp,
          ServerTime: now.toISOString(),
          MaxAllowedSkewMilliseconds: String(maxSkewMs),
        },
      },
    );
  }
}

function unknownKey(service: ServiceName, accessKeyId: string): ServiceError {
  return service === 's3'
    ? new ServiceError(
        403,
        'InvalidAccessKeyId',
        'The AWS Access Key Id you provided does not exist in our records.',
        { elements: { AWSAccessKeyId: accessKeyId } },
      )
    : new ServiceError(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.');
}

export const expiredToken = (service: ServiceName): ServiceError =>
  service === 's3'
    ? new ServiceError(400, 'ExpiredToken', 'The provided token has expired.')
    : new ServiceError(403, 'ExpiredToken', 'The security token included in the request is expired');

function checkToken(
  credential: Credential,
  token: string | undefined,
  service: ServiceName,
  now: Date,
): void {
  const expected = credential.session?.token ?? '';
  // An access key of a session without its token is unknown to S3 as a key.
  if (token === undefined && expected !== '') throw unknownKey(service, credential.accessKeyId);
  if (!sameText(token ?? '', expected)) {
    throw service === 's3'
      ? new ServiceError(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.')
      : unknownKey(service, credential.accessKeyId);
  }
  if (credential.session !== undefined && credential.session.expiresAt <= now) {
    throw expiredToken(service);
  }
}

/** S3 wants everything that changes the meaning of a request under the signature. */
function checkSignedHeaders(request: AwsRequest, claim: Claim): void {
  const unsigned = [...request.headers.keys()].filter(
    (name) =>
      (name === 'host' ||
        (name.startsWith('x-amz-') && !(claim.presigned && name === 'x-amz-content-sha256'))) &&
      !claim.signedHeaders.includes(name),
  );
  if (unsigned.length > 0 || !claim.signedHeaders.includes('host')) {
    throw new ServiceError(
      403,
      'AccessDenied',
      'There were headers present in the request which were not signed',
      { elements: { HeadersNotSigned: unsigned.join(', ') } },
    );
  }
}

/**
 * @param payloadHash what the signature claims about the body: a SHA-256 in hex, or one of S3's words for a body
 *   that is signed in another way
 * @throws ServiceError in the words of the service
 */
export function authenticate(
  request: AwsRequest,
  service: ServiceName,
  payloadHash: string,
  authenticator: Authenticator,
): Authenticated {
  const claim = readClaim(request);
  if (claim === undefined) {
    throw service === 's3'
      ? accessDenied()
      : new ServiceError(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token');
  }
  const now = authenticator.now();
  checkScope(claim.scope, authenticator.region, service);
  const credential = authenticator.credential(claim.accessKeyId);
  if (credential === undefined) throw unknownKey(service, claim.accessKeyId);
  checkSignedHeaders(request, claim);
  const query = claim.presigned
    ? request.query.filter(([name]) => name !== 'X-Amz-Signature')
    : request.query;
  const canonical = canonicalRequest({
    method: request.method,
    path: request.path,
    query,
    headers: request.headers,
    signedHeaders: claim.signedHeaders,
    payloadHash,
  });
  const key = signingKey(credential.secretAccessKey, claim.scope);
  const expected = sign(key, stringToSign(claim.timestamp, claim.scope, canonical));
  // The token first, as AWS does: a session whose token was mangled is not told that its secret is wrong.
  checkToken(credential, claim.token, service, now);
  if (!sameText(expected, claim.signature)) {
    throw new ServiceError(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
  checkTime(claim, now);
  return {
    caller: credential.caller,
    signer: { key, scope: claim.scope, timestamp: claim.timestamp, seed: expected },
  };
}
