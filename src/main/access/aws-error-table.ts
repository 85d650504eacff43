/** What each error of AWS and of the network means: code, plain words, and advice. Pure. */
import type { ErrorCode } from '../../shared/errors.ts';
import type { Attempt } from './aws-errors.ts';
import { isGuardRail, parseDenial } from './denial.ts';
import { isNothing, type RawError, wordsOf } from './raw-error.ts';

type Words = (error: RawError, attempt: Attempt) => string;

/** One line of the table: an error that has all of what is given here. */
export interface Row {
  readonly code: ErrorCode;
  /** AWS's names. */
  readonly names?: readonly string[];
  /** Node's codes. */
  readonly systemCodes?: readonly string[];
  readonly status?: readonly number[];
  readonly says?: RegExp;
  readonly when?: (error: RawError, attempt: Attempt) => boolean;
  /** What happened and why, without a full stop. */
  readonly words: Words;
  /** Where the catalogue's advice for the code is not exact enough. */
  readonly fix?: Words;
}

const whereIs = ({ bucket, key, action, roleArn }: Attempt): string =>
  roleArn ?? (bucket === undefined ? action : key === undefined ? bucket : `${bucket}/${key}`);
const what = (attempt: Attempt): string => {
  const where = whereIs(attempt);
  return where === attempt.action ? where : `${attempt.action} on ${where}`;
};
const bucketOf = (attempt: Attempt): string => `The bucket ${attempt.bucket ?? whereIs(attempt)}`;
const isAssuming = (_: RawError, { action }: Attempt): boolean => action === 'sts:AssumeRole';
const deniedNames = ['AccessDenied', 'AccessDeniedException', 'AllAccessDisabled', 'Forbidden'];
/** AccessDenied in its several names, and the 403 to a HEAD, which has none. */
export const isDenied = ({ name, status }: RawError): boolean =>
  deniedNames.includes(name) || (isNothing(name) && status === 403);

const certificateFix =
  'Where your company checks what passes its network, let AWS_CA_BUNDLE name a file with its certificate, or have it ' +
  'put into the certificate store of this computer.';
const networkFix =
  'Check the network and the endpoint; where your company has a proxy, name it in HTTPS_PROXY, then try again.';

/** The first line that fits decides. */
export const table: readonly Row[] = [
  // ---- who signs
  {
    code: 'NOT_SIGNED_IN',
    names: ['CredentialsProviderError', 'TokenProviderError'],
    words: (error) => `No usable AWS credentials were found: ${wordsOf(error)}`,
  },
  {
    code: 'CREDENTIALS_INVALID',
    names: ['RegionDisabledException'],
    words: (error) => `STS is not active in this region: ${wordsOf(error)}`,
    fix: () => 'Let an administrator enable the region for the account, or use another one.',
  },
  {
    code: 'CREDENTIALS_INVALID',
    names: ['InvalidAccessKeyId', 'InvalidClientTokenId', 'UnrecognizedClientException'],
    words: (error) => `AWS does not know these credentials: ${wordsOf(error)}`,
    fix: () =>
      'Enter the access key again: it may have been deleted or made inactive, or belong to another partition. For a ' +
      'region launched after 2019, check that it is enabled in the account.',
  },
  {
    code: 'CREDENTIALS_INVALID',
    names: ['InvalidToken', 'MissingAuthenticationToken'],
    words: (error) => `AWS does not know these credentials: ${wordsOf(error)}`,
  },
  {
    code: 'SECRET_KEY_WRONG',
    names: ['SignatureDoesNotMatch'],
    words: () => 'AWS refused the signature: the secret access key does not belong to the access key ID',
  },
  {
    code: 'SESSION_EXPIRED',
    names: ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired'],
    words: () => 'The AWS session has expired',
  },
  {
    code: 'CLOCK_SKEWED',
    names: ['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'],
    words: () => 'The clock of this computer is more than 15 minutes off',
  },
  // ---- what AWS refuses
  {
    code: 'INPUT_INVALID',
    names: ['ValidationError'],
    when: isAssuming,
    words: (error, attempt) => `STS does not take the role ${whereIs(attempt)}: ${wordsOf(error)}`,
    fix: () => 'Compare the role ARN with the one in the IAM console, letter by letter.',
  },
  {
    code: 'ASSUME_ROLE_DENIED',
    when: (error, attempt) => isAssuming(error, attempt) && isDenied(error),
    words: (error, attempt) =>
      `AWS did not let this identity assume the role ${whereIs(attempt)}: ${wordsOf(error)}`,
  },
  {
    code: 'KMS_DENIED',
    says: /not authorized to perform: kms:\w+/,
    when: isDenied,
    words: (error, attempt) =>
      `AWS denied the use of the bucket's key for ${what(attempt)}: ${wordsOf(error)}`,
  },
  {
    code: 'KMS_KEY_UNUSABLE',
    says: /./,
    when: ({ name }) => /^KMS\./.test(name),
    words: (error, attempt) => `The key that encrypts ${whereIs(attempt)} cannot be used: ${wordsOf(error)}`,
  },
  {
    code: 'ACCESS_DENIED',
    when: isDenied,
    words: (error, attempt) => `AWS denied ${what(attempt)}: ${wordsOf(error)}`,
    fix: ({ message }) => denialFix(message),
  },
  {
    code: 'DESTINATION_FAILED',
    names: ['AccessControlListNotSupported'],
    words: (_, attempt) =>
      `${bucketOf(attempt)} has access control lists switched off, and the request had one`,
    fix: () => 'Sluice never sends one: look for a proxy or a gateway that adds the header x-amz-acl.',
  },
  // ---- where the bucket is
  {
    code: 'BUCKET_NOT_FOUND',
    names: ['NoSuchBucket'],
    words: (_, attempt) => `There is no bucket named ${attempt.bucket ?? whereIs(attempt)}`,
  },
  {
    code: 'BUCKET_NOT_FOUND',
    status: [404],
    when: (_, { action }) => action === 's3:ListBucket',
    words: (_, attempt) => `There is no bucket named ${attempt.bucket ?? whereIs(attempt)}`,
  },
  {
    code: 'BUCKET_WRONG_REGION',
    when: (error) => isElsewhere(error),
    words: ({ bucketRegion }, attempt) => `${bucketOf(attempt)} is in ${bucketRegion ?? 'another region'}`,
    fix: ({ bucketRegion }) =>
      bucketRegion === undefined
        ? 'Use the region that the bucket is in; the S3 console shows it.'
        : `The bucket is in ${bucketRegion}. Use it.`,
  },
  // ---- what was sent
  {
    code: 'DATA_CHANGED',
    names: ['PreconditionFailed', 'ConditionalRequestConflict'],
    when: (_, { action }) => action === 's3:DeleteObject',
    words: (_, attempt) => `Another object has taken the place of ${whereIs(attempt)}`,
  },
  {
    code: 'KEY_EXISTS',
    names: ['PreconditionFailed'],
    words: (_, attempt) => `${whereIs(attempt)} exists already, and an append never overwrites`,
  },
  {
    code: 'CHECKSUM_MISMATCH',
    names: ['BadDigest', 'XAmzContentChecksumMismatch', 'XAmzContentSHA256Mismatch'],
    words: (_, attempt) => `S3 received other bytes than were sent for ${whereIs(attempt)}`,
  },
  {
    code: 'PATH_TOO_LONG',
    names: ['KeyTooLongError'],
    words: (error, attempt) => `${what(attempt)} failed: ${wordsOf(error)}`,
  },
  // ---- how busy it is
  {
    code: 'THROTTLED',
    names: [
      'SlowDown',
      'Throttling',
      'ThrottlingException',
      'RequestLimitExceeded',
      'TooManyRequestsException',
    ],
    words: (error, attempt) =>
      `AWS asks for fewer requests, also after several tries of ${what(attempt)}: ${wordsOf(error)}`,
  },
  {
    code: 'THROTTLED',
    status: [429, 503],
    when: ({ name }) => isNothing(name) || name === 'ServiceUnavailable',
    words: (error, attempt) =>
      `The service is busy, also after several tries of ${what(attempt)}: ${wordsOf(error)}`,
  },
  // ---- the way there
  {
    code: 'PROXY_FAILED',
    systemCodes: ['ERR_PROXY_TUNNEL', 'ERR_PROXY_INVALID_CONFIG'],
    words: (error) => `The proxy did not let the request through: ${withoutUrl(wordsOf(error))}`,
  },
  {
    code: 'PROXY_FAILED',
    status: [407],
    words: () => 'The proxy wants to know who you are (407 Proxy Authentication Required)',
  },
  {
    code: 'CERTIFICATE_UNTRUSTED',
    systemCodes: [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    words: (error) =>
      `The certificate of the service was issued by nobody whom this computer trusts: ${error.systemCode}`,
    fix: () => certificateFix,
  },
  {
    code: 'CERTIFICATE_UNTRUSTED',
    systemCodes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
    words: (error) => `The certificate of the service is for another name: ${wordsOf(error)}`,
    fix: () =>
      'Check the endpoint; for a bucket with a dot in its name, or at a service of your own, use path style.',
  },
  {
    code: 'CERTIFICATE_UNTRUSTED',
    systemCodes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    words: (error) => `The certificate of the service is not valid today: ${error.systemCode}`,
    fix: () =>
      'Check the date of this computer; where it is right, the service has to renew its certificate.',
  },
  {
    code: 'DESTINATION_UNREACHABLE',
    systemCodes: ['ENOTFOUND', 'EAI_AGAIN'],
    words: (error, attempt) =>
      `The name ${error.host ?? 'of the service'} could not be found for ${attempt.action} (${error.systemCode})`,
    fix: (error, attempt) =>
      isVirtualHost(error, attempt)
        ? 'Use path style, which puts the bucket into the path instead of the host name, or check the endpoint.'
        : networkFix,
  },
  {
    code: 'DESTINATION_UNREACHABLE',
    systemCodes: ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'],
    words: (_, attempt) => `The service does not speak TLS for ${attempt.action}`,
    fix: () => 'Check whether the endpoint begins with http:// instead of https://, and the port.',
  },
  {
    code: 'DESTINATION_UNREACHABLE',
    systemCodes: [
      ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
      ...['EADDRNOTAVAIL', 'ENETDOWN', 'UND_ERR_SOCKET'],
    ],
    words: (error, attempt) =>
      `The service could not be reached for ${attempt.action}${atHost(error)}: ${error.systemCode}`,
    fix: () => networkFix,
  },
  {
    code: 'DESTINATION_UNREACHABLE',
    names: ['TimeoutError', 'RequestTimeout'],
    words: (error, attempt) => `The service could not be reached for ${attempt.action}: ${wordsOf(error)}`,
    fix: () => networkFix,
  },
  {
    code: 'DESTINATION_FAILED',
    says: /Deserialization error/,
    words: ({ status }, attempt) =>
      `${what(attempt)} failed: the answer${status === undefined ? '' : ` (HTTP ${status})`} was none of S3's`,
    fix: () => 'A proxy or another program may have answered: check the endpoint and the proxy settings.',
  },
];

/** What no line fits. */
export const anythingElse: Row = {
  code: 'DESTINATION_FAILED',
  words: (error, attempt) => `${what(attempt)} failed: ${wordsOf(error)}`,
};

function isElsewhere({ name, message, status, bucketRegion }: RawError): boolean {
  if (name === 'PermanentRedirect' || name === 'IllegalLocationConstraintException') return true;
  // The same name is used for a header without an access key.
  if (name === 'AuthorizationHeaderMalformed') return /region/i.test(message);
  return status === 301 || (status === 400 && bucketRegion !== undefined && isNothing(name));
}

/** The bucket's own host name, which only AWS's services have for certain. */
const isVirtualHost = ({ host = '' }: RawError, { bucket }: Attempt): boolean =>
  bucket !== undefined && host.startsWith(`${bucket}.`) && !/\.amazonaws\.(com|com\.cn|eu)$/.test(host);

const atHost = ({ host }: RawError): string => (host === undefined ? '' : ` at ${host}`);

/** A proxy's URL may hold its password. */
const withoutUrl = (text: string): string => text.replace(/\w+:\/\/\S+/g, 'the proxy');

/** Advice that depends on the kind of policy that AWS blames; '' for the catalogue's. */
function denialFix(message: string): string {
  const denial = parseDenial(message);
  if (isGuardRail(denial)) return `Ask your administrator: the ${denial.by} has to allow it.`;
  if (!denial.explicit) return '';
  if (denial.by === 'resource-based policy')
    return 'The bucket policy denies it; it may demand encryption, a network or an address. Have it changed.';
  return `Take the deny out of the ${denial.by ?? 'policy'}; an allow beside it does not help.`;
}
