/** AWS SDK errors -> our error codes, by the table in aws-error-table.ts. Pure. */
import { type ErrorCode, type ErrorDetails, isCancelled, SluiceError } from '../../shared/errors.ts';
import { anythingElse, isDenied, type Row, table } from './aws-error-table.ts';
import { parseDenial } from './denial.ts';
import { isNothing, type RawError, readRawError } from './raw-error.ts';

/** What was tried when the error came. */
export interface Attempt {
  /** The IAM action, e.g. `s3:PutObject`. */
  readonly action: string;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  readonly roleArn?: string | undefined;
}

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
  const row = table.find((candidate) => fits(candidate, raw, attempt));
  const { code, words, fix } = row ?? anythingElse;
  const advice = fix?.(raw, attempt);
  return new SluiceError(code, words(raw, attempt), {
    cause: error,
    details: detailsOf(raw, attempt),
    ...(advice === undefined || advice === '' ? {} : { fix: advice }),
  });
}

function fits(row: Row, raw: RawError, attempt: Attempt): boolean {
  return (
    (row.names === undefined || row.names.includes(raw.name)) &&
    (row.systemCodes === undefined || row.systemCodes.includes(raw.systemCode ?? '')) &&
    (row.status === undefined || row.status.includes(raw.status ?? 0)) &&
    (row.says === undefined || row.says.test(raw.message)) &&
    (row.when === undefined || row.when(raw, attempt))
  );
}

/**
 * True when the request may have been carried out all the same: its answer was lost, or the answer is one that a
 * repetition of a success gets (exists already, no such upload, a conflict with the first try).
 */
export function isAmbiguous(error: SluiceError): boolean {
  const { status } = error.details;
  if (lost.has(error.code) || wasRetried(error)) return true;
  if (error.code !== 'DESTINATION_FAILED') return false;
  // A success whose answer could not be read is a success all the same.
  return typeof status !== 'number' || status < 400 || status >= 500 || status === 404 || status === 409;
}

/** The answer is that of the last try; of an earlier one it may have been lost. */
const wasRetried = ({ cause }: SluiceError): boolean =>
  ((cause as { readonly $metadata?: { readonly attempts?: number } } | undefined)?.$metadata?.attempts ?? 1) >
  1;

/** Several tries were made; an earlier one may have been carried out. */
const lost: ReadonlySet<ErrorCode> = new Set([
  'DESTINATION_UNREACHABLE',
  'PROXY_FAILED',
  'THROTTLED',
  'KEY_EXISTS',
]);

function detailsOf(raw: RawError, attempt: Attempt): ErrorDetails {
  const denial = isDenied(raw) ? parseDenial(raw.message) : undefined;
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
      deniedBy: denial?.by,
      deniedAction: denial?.action,
      policyArn: denial?.policyArn,
    }).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}
