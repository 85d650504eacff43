import { describe, expect, it } from 'vitest';
import { classifyAwsError, isAmbiguous } from '../../src/main/access/aws-errors.ts';
import { type ErrorCode, SluiceError } from '../../src/shared/errors.ts';

const put = { action: 's3:PutObject', bucket: 'b', key: 'k' };
const list = { action: 's3:ListBucket', bucket: 'b' };
const assume = { action: 'sts:AssumeRole', roleArn: 'arn:aws:iam::123456789012:role/r' };

/** An error in the shape of the SDK. */
const raw = (name: string, message: string, status?: number, more: object = {}): Error =>
  Object.assign(new Error(message), {
    name,
    ...(status === undefined ? {} : { $metadata: { httpStatusCode: status, requestId: 'R1' } }),
    ...more,
  });
const system = (code: string, message = code): Error => Object.assign(new Error(message), { code });
const inRegion = (region: string) => ({ $response: { headers: { 'x-amz-bucket-region': region } } });

describe('raw errors of the SDK', () => {
  const reasoned =
    'User: arn:aws:iam::1:user/u is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::b/k" because no identity-based policy allows the s3:PutObject action';
  const cases: [string, unknown, typeof put | typeof list | typeof assume, ErrorCode, RegExp][] = [
    [
      'no credentials',
      raw('CredentialsProviderError', 'Could not load credentials'),
      put,
      'NOT_SIGNED_IN',
      /Could not load/,
    ],
    ['SSO expired', raw('TokenProviderError', 'Token is expired'), put, 'NOT_SIGNED_IN', /expired/],
    [
      'unknown key, S3',
      raw('InvalidAccessKeyId', 'The AWS Access Key Id …', 403),
      put,
      'CREDENTIALS_INVALID',
      /does not know/,
    ],
    [
      'unknown key, STS',
      raw('InvalidClientTokenId', 'The security token …', 403),
      assume,
      'CREDENTIALS_INVALID',
      /does not know/,
    ],
    [
      'other services',
      raw('UnrecognizedClientException', 'The security token …', 400),
      put,
      'CREDENTIALS_INVALID',
      /./,
    ],
    ['wrong token', raw('InvalidToken', 'malformed', 400), put, 'CREDENTIALS_INVALID', /malformed/],
    [
      'no token',
      raw('MissingAuthenticationToken', 'Request is missing …', 403),
      assume,
      'CREDENTIALS_INVALID',
      /./,
    ],
    [
      'wrong secret',
      raw('SignatureDoesNotMatch', 'StringToSign …', 403),
      put,
      'SECRET_KEY_WRONG',
      /secret access key/,
    ],
    ['session over, S3', raw('ExpiredToken', 'expired', 400), put, 'SESSION_EXPIRED', /expired/],
    [
      'session over, others',
      raw('ExpiredTokenException', 'expired', 403),
      assume,
      'SESSION_EXPIRED',
      /expired/,
    ],
    ['clock', raw('RequestTimeTooSkewed', 'The difference …', 403), put, 'CLOCK_SKEWED', /15 minutes/],
    [
      'denied, bare',
      raw('AccessDenied', 'Access Denied', 403),
      put,
      'ACCESS_DENIED',
      /s3:PutObject on b\/k: Access Denied/,
    ],
    [
      'denied, with a reason',
      raw('AccessDenied', reasoned, 403),
      put,
      'ACCESS_DENIED',
      /no identity-based policy/,
    ],
    [
      'denied to assume',
      raw('AccessDenied', 'User … is not authorized', 403),
      assume,
      'ASSUME_ROLE_DENIED',
      /role\/r/,
    ],
    [
      'denied to assume, no name',
      raw('Unknown', 'UnknownError', 403),
      assume,
      'ASSUME_ROLE_DENIED',
      /HTTP 403/,
    ],
    [
      'malformed ID',
      raw('ValidationError', '1 validation error detected', 400),
      assume,
      'INPUT_INVALID',
      /validation/,
    ],
    ['no bucket', raw('NoSuchBucket', 'The specified bucket …', 404), put, 'BUCKET_NOT_FOUND', /named b$/],
    [
      'redirect',
      raw('PermanentRedirect', 'must be addressed …', 301, inRegion('eu-west-1')),
      put,
      'BUCKET_WRONG_REGION',
      /eu-west-1/,
    ],
    [
      'redirect of HEAD',
      raw('Unknown', 'UnknownError', 301, inRegion('eu-west-1')),
      put,
      'BUCKET_WRONG_REGION',
      /eu-west-1/,
    ],
    [
      'redirect without a region',
      raw('301', 'UnknownError', 301),
      put,
      'BUCKET_WRONG_REGION',
      /another region/,
    ],
    [
      'HEAD 400 with the region',
      raw('400', 'UnknownError', 400, inRegion('eu-west-1')),
      put,
      'BUCKET_WRONG_REGION',
      /eu-west-1/,
    ],
    [
      'HEAD 400 without it',
      raw('400', 'UnknownError', 400),
      put,
      'DESTINATION_FAILED',
      /HTTP 400 without a reason/,
    ],
    [
      'wrong region in the signature',
      raw('AuthorizationHeaderMalformed', "the region 'us-east-1' is wrong; expecting 'eu-west-1'", 400, {
        Region: 'eu-west-1',
      }),
      put,
      'BUCKET_WRONG_REGION',
      /eu-west-1/,
    ],
    [
      'a header without a key',
      raw('AuthorizationHeaderMalformed', 'a non-empty Access Key (AKID) must be provided', 400),
      put,
      'DESTINATION_FAILED',
      /AKID/,
    ],
    ['HEAD 403', raw('403', 'UnknownError', 403), put, 'ACCESS_DENIED', /HTTP 403 without a reason/],
    ['HEAD 403, other SDK', raw('Forbidden', 'Forbidden', 403), put, 'ACCESS_DENIED', /Forbidden/],
    ['HEAD 404 of a bucket', raw('NotFound', 'UnknownError', 404), list, 'BUCKET_NOT_FOUND', /named b$/],
    ['taken', raw('PreconditionFailed', 'At least one …', 412), put, 'KEY_EXISTS', /never overwrites/],
    ['damaged', raw('BadDigest', 'The CRC32 …', 400), put, 'CHECKSUM_MISMATCH', /other bytes/],
    ['long', raw('KeyTooLongError', 'Your key is too long', 400), put, 'PATH_TOO_LONG', /too long/],
    ['throttled', raw('SlowDown', 'Please reduce your request rate.', 503), put, 'THROTTLED', /reduce/],
    ['a fault', raw('InternalError', 'We encountered …', 500), put, 'DESTINATION_FAILED', /We encountered/],
    ['a fault of HEAD', raw('Unknown', 'UnknownError', 500), put, 'DESTINATION_FAILED', /HTTP 500/],
    [
      'a timeout',
      raw('TimeoutError', 'Connection timed out after 60000 ms'),
      put,
      'DESTINATION_UNREACHABLE',
      /timed out/,
    ],
    [
      'a slow body',
      raw('RequestTimeout', 'Your socket connection …', 400),
      put,
      'DESTINATION_UNREACHABLE',
      /./,
    ],
    ...['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].map(
      (code): [string, unknown, typeof put, ErrorCode, RegExp] => [
        code,
        system(code),
        put,
        'DESTINATION_UNREACHABLE',
        new RegExp(code),
      ],
    ),
    ...['CERT_HAS_EXPIRED', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'].map(
      (code): [string, unknown, typeof put, ErrorCode, RegExp] => [
        code,
        system(code),
        put,
        'CERTIFICATE_UNTRUSTED',
        new RegExp(code),
      ],
    ),
    ['nothing at all', undefined, put, 'DESTINATION_FAILED', /no reason was given/],
    ['a text', 'boom', put, 'DESTINATION_FAILED', /no reason was given/],
    ['an empty message', raw('Error', ''), put, 'DESTINATION_FAILED', /no reason was given/],
    ['cancelled', raw('AbortError', 'Request aborted'), put, 'CANCELLED', /cancelled/],
  ];

  it.each(cases)('%s', (_name, error, attempt, code, message) => {
    const classified = classifyAwsError(error, attempt);
    expect(classified.code).toBe(code);
    expect(classified.message).toMatch(message);
    expect(classified.message).not.toMatch(/unknown ?error|undefined|\[object/i);
    expect(classified.message).not.toMatch(/\.$/);
    expect(JSON.stringify(classified.details)).not.toMatch(/unknown ?error/i);
    expect(classified.fix).not.toBe('');
    expect(classified.cause).toBe(error);
  });

  it('lets our own errors pass, also as the reason of a provider', () => {
    const own = new SluiceError('KEYCHAIN_LOCKED', 'locked');
    expect(classifyAwsError(own, put)).toBe(own);
    expect(classifyAwsError(new Error('provider', { cause: own }), put)).toBe(own);
  });

  it.each([
    ['a lost connection', system('ECONNRESET'), true],
    ['a fault of the service', raw('InternalError', 'x', 500), true],
    ['taken', raw('PreconditionFailed', 'x', 412), true],
    ['no such upload', raw('NoSuchUpload', 'x', 404), true],
    ['a conflict with the first try', raw('ConditionalRequestConflict', 'x', 409), true],
    ['denied', raw('AccessDenied', 'x', 403), false],
    ['a bad request', raw('InvalidPart', 'x', 400), false],
    ['damaged', raw('BadDigest', 'x', 400), false],
  ])('may have been carried out after %s: %#', (_name, error, ambiguous) => {
    expect(isAmbiguous(classifyAwsError(error, put))).toBe(ambiguous);
  });
});
