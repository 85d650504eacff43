/** AWS SDK errors -> our error codes. Pure, and the only place that knows AWS's error names. */
import { type ErrorCode, type ErrorDetails, isCancelled, SluiceError } from '../../shared/errors.ts';

/** What was tried when the error came. */
export interface Attempt {
  /** The IAM action, e.g. `s3:PutObject`. */
  readonly action: string;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  readonly roleArn?: string | undefined;
}

/** The parts of an SDK or network error that decide; every field may be missing. */
interface RawError {
  readonly name: string;
  readonly message: string;
  /** Node's system or TLS code, e.g. ENOTFOUND. */
  readonly systemCode: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** The region that S3 says the bucket is in. */
  readonly bucketRegion: string | undefined;
}

const byName: Readonly<Record<string, ErrorCode>> = {
  CredentialsProviderError: 'NOT_SIGNED_IN',
  TokenProviderError: 'NOT_SIGNED_IN',
  InvalidAccessKeyId: 'CREDENTIALS_INVALID',
  InvalidClientTokenId: 'CREDENTIALS_INVALID',
  UnrecognizedClientException: 'CREDENTIALS_INVALID',
  InvalidToken: 'CREDENTIALS_INVALID',
  SignatureDoesNotMatch: 'SECRET_KEY_WRONG',
  ExpiredToken: 'SESSION_EXPIRED',
  ExpiredTokenException: 'SESSION_EXPIRED',
  RequestTimeTooSkewed: 'CLOCK_SKEWED',
  RequestExpired: 'CLOCK_SKEWED',
  AccessDenied: 'ACCESS_DENIED',
  AccessDeniedException: 'ACCESS_DENIED',
  AllAccessDisabled: 'ACCESS_DENIED',
  NoSuchBucket: 'BUCKET_NOT_FOUND',
  PermanentRedirect: 'BUCKET_WRONG_REGION',
  AuthorizationHeaderMalformed: 'BUCKET_WRONG_REGION',
  IllegalLocationConstraintException: 'BUCKET_WRONG_REGION',
  PreconditionFailed: 'KEY_EXISTS',
  BadDigest: 'CHECKSUM_MISMATCH',
  XAmzContentChecksumMismatch: 'CHECKSUM_MISMATCH',
  KeyTooLongError: 'PATH_TOO_LONG',
  MissingAuthenticationToken: 'CREDENTIALS_INVALID',
  TimeoutError: 'DESTINATION_UNREACHABLE',
  RequestTimeout: 'DESTINATION_UNREACHABLE',
};

const unreachable = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPROTO',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * One SluiceError for whatever the SDK threw. A cancelled request becomes CANCELLED, a SluiceError passes.
 * HEAD answers have no body, so the status and the region header decide where there is no name.
 */
export function classifyAwsError(error: unknown, attempt: Attempt): SluiceError {
  if (error instanceof SluiceError) return error;
  if (isCancelled(error)) return new SluiceError('CANCELLED', 'The request was cancelled', { cause: error });
  // A provider of credentials wraps the error of its own request; the innermost SluiceError knows best.
  if (error instanceof Error && error.cause instanceof SluiceError) return error.cause;
  const raw = readRawError(error);
  const code = codeOf(raw, attempt);
  return new SluiceError(code, messageOf(code, raw, attempt), {
    cause: error,
    details: detailsOf(raw, attempt),
    ...fixFor(code, raw),
  });
}

/**
 * True when the request may have been carried out all the same: its answer was lost, or the answer is one that a
 * repetition of a success gets (exists already, no such upload, a conflict with the first try).
 */
export function isAmbiguous(error: SluiceError): boolean {
  const { status } = error.details;
  if (error.code === 'DESTINATION_UNREACHABLE' || error.code === 'KEY_EXISTS') return true;
  if (error.code !== 'DESTINATION_FAILED') return false;
  // A success whose answer could not be read is a success all the same.
  return typeof status !== 'number' || status < 400 || status >= 500 || status === 404 || status === 409;
}

function readRawError(error: unknown): RawError {
  const e = (typeof error === 'object' && error !== null ? error : {}) as {
    name?: unknown;
    message?: unknown;
    code?: unknown;
    Region?: unknown;
    $metadata?: { httpStatusCode?: number; requestId?: string };
    $response?: { headers?: Record<string, string> };
  };
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? value : undefined;
  return {
    name: text(e.name) ?? 'Unknown',
    message: text(e.message) ?? text(e.name) ?? 'Unknown',
    systemCode: text(e.code),
    status: e.$metadata?.httpStatusCode,
    requestId: e.$metadata?.requestId,
    bucketRegion: e.$response?.headers?.['x-amz-bucket-region'] ?? text(e.Region),
  };
}

function codeOf(raw: RawError, attempt: Attempt): ErrorCode {
  const code = generalCode(raw, attempt);
  const assuming = attempt.action === 'sts:AssumeRole';
  if (assuming && code === 'ACCESS_DENIED') return 'ASSUME_ROLE_DENIED';
  // The role ARN, the external ID or the length of the session is not what STS takes.
  if (assuming && raw.name === 'ValidationError') return 'INPUT_INVALID';
  return code;
}

function generalCode(raw: RawError, attempt: Attempt): ErrorCode {
  const named = byName[raw.name];
  // The same name is used for a header without an access key.
  const aboutRegion = raw.name !== 'AuthorizationHeaderMalformed' || /region/i.test(raw.message);
  if (named !== undefined && aboutRegion) return named;
  if (raw.systemCode !== undefined && unreachable.has(raw.systemCode)) return 'DESTINATION_UNREACHABLE';
  if (raw.bucketRegion !== undefined && (raw.status === 301 || raw.status === 400))
    return 'BUCKET_WRONG_REGION';
  if (raw.status === 301) return 'BUCKET_WRONG_REGION';
  if (raw.status === 403) return 'ACCESS_DENIED';
  if (raw.status === 404 && attempt.action === 's3:ListBucket') return 'BUCKET_NOT_FOUND';
  return 'DESTINATION_FAILED';
}

function messageOf(code: ErrorCode, raw: RawError, attempt: Attempt): string {
  const where = attempt.roleArn ?? whereIs(attempt);
  const what = where === attempt.action ? where : `${attempt.action} on ${where}`;
  const words = wordsOf(raw);
  switch (code) {
    case 'NOT_SIGNED_IN':
      return `No usable AWS credentials were found: ${words}`;
    case 'CREDENTIALS_INVALID':
      return `AWS does not know these credentials: ${words}`;
    case 'SECRET_KEY_WRONG':
      return 'AWS refused the signature: the secret access key does not belong to the access key ID';
    case 'SESSION_EXPIRED':
      return 'The AWS session has expired';
    case 'CLOCK_SKEWED':
      return 'The clock of this computer is more than 15 minutes off';
    case 'ASSUME_ROLE_DENIED':
      return `AWS did not let this identity assume the role ${where}: ${words}`;
    case 'ACCESS_DENIED':
      return `AWS denied ${what}: ${words}`;
    case 'BUCKET_NOT_FOUND':
      return `There is no bucket named ${attempt.bucket ?? where}`;
    case 'BUCKET_WRONG_REGION':
      return raw.bucketRegion === undefined
        ? `The bucket ${attempt.bucket ?? where} is in another region`
        : `The bucket ${attempt.bucket ?? where} is in ${raw.bucketRegion}`;
    case 'KEY_EXISTS':
      return `${where} exists already, and an append never overwrites`;
    case 'CHECKSUM_MISMATCH':
      return `S3 received other bytes than were sent for ${where}`;
    case 'DESTINATION_UNREACHABLE':
      return `The service could not be reached for ${attempt.action}: ${raw.systemCode ?? words}`;
    default:
      return `${what} failed: ${words}`;
  }
}

/** The SDK's stand-in for a name or a message where the answer had none, as those to HEAD. */
const isNothing = (text: string): boolean => /^(unknown|unknownerror|error|\d{3})$/i.test(text);

function wordsOf({ name, message, status }: RawError): string {
  // Ours end without a full stop.
  if (message !== name && !isNothing(message)) return message.replace(/\.$/, '');
  if (!isNothing(name)) return name;
  return status === undefined ? 'no reason was given' : `HTTP ${status} without a reason`;
}

function fixFor(code: ErrorCode, raw: RawError): { fix?: string } {
  if (code === 'BUCKET_WRONG_REGION' && raw.bucketRegion !== undefined) {
    return { fix: `Use the region ${raw.bucketRegion}.` };
  }
  return {};
}

function detailsOf(raw: RawError, attempt: Attempt): ErrorDetails {
  return Object.fromEntries(
    Object.entries({
      action: attempt.action,
      bucket: attempt.bucket,
      key: attempt.key,
      roleArn: attempt.roleArn,
      awsCode: isNothing(raw.name) ? undefined : raw.name,
      systemCode: raw.systemCode,
      status: raw.status,
      requestId: raw.requestId,
      bucketRegion: raw.bucketRegion,
    }).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}

const whereIs = ({ bucket, key, action }: Attempt): string =>
  bucket === undefined ? action : key === undefined ? bucket : `${bucket}/${key}`;
