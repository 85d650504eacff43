/** What a failure means for the rest of the job, and how it is told. */
import { type ErrorCode, isCancelled, SluiceError } from '../../shared/errors.ts';
import type { ErrorInfo } from '../../shared/model.ts';
import { isOutage } from './patience.ts';
import { adviceOn, isUnsettled, type Left, unlistedOf } from './withdraw.ts';

/** After one of these the next object would fail in the same way, only later. */
const hopeless: ReadonlySet<ErrorCode> = new Set([
  'CREDENTIALS_INVALID',
  'SECRET_KEY_WRONG',
  'ASSUME_ROLE_DENIED',
  'ACCESS_DENIED',
  'KMS_DENIED',
  'KMS_KEY_UNUSABLE',
  'CERTIFICATE_UNTRUSTED',
  'BUCKET_NOT_FOUND',
  'BUCKET_WRONG_REGION',
]);

/** Circumstances that pass or can be mended: the job is interrupted, and goes on when it is resumed. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'SOURCE_LOST',
  'SOURCE_UNREACHABLE',
  'TUNNEL_UNREACHABLE',
  'NOT_SIGNED_IN',
  'SESSION_EXPIRED',
  'CLOCK_SKEWED',
  'DISK_FULL',
  'DATA_FOLDER_UNUSABLE',
]);

export type Verdict = 'object' | 'job' | 'interruption' | 'cancel';

/** What ends with this error: its object, the whole job, the job for now, or the job by the user's wish. */
export function verdictOf(error: SluiceError): Verdict {
  if (error.details.unsettled === true) return 'interruption';
  if (isCancelled(error)) return 'cancel';
  if (passing.has(error.code) || isOutage(error)) return 'interruption';
  return hopeless.has(error.code) ? 'job' : 'object';
}

/** The reason of the failure, with what could not be removed: refused, or for want of an answer. */
export function withLeft(error: unknown, left: readonly Left[]): unknown {
  if (left.length === 0 || !(error instanceof Error)) return error;
  const known = error instanceof SluiceError ? error : undefined;
  const cancelled = isCancelled(error);
  const what = left.map((item) => item.what);
  const unsettled = left.some(isUnsettled);
  const unlisted = unlistedOf(left);
  return new SluiceError(
    known?.code ?? (cancelled ? 'CANCELLED' : 'UPLOAD_LEFT'),
    `${cancelled ? 'The load was cancelled' : error.message}. ${couldNotRemove(what)}`,
    {
      cause: error,
      details: {
        ...{ ...known?.details, left: what },
        ...(unlisted === 0 ? {} : { unlisted }),
        ...(unsettled ? { unsettled } : {}),
      },
      fix: `${cancelled ? '' : (known?.fix ?? '')} ${unsettled ? removeLater : adviceOn(left.length, unlisted)}`.trim(),
    },
  );
}

/** The error of an object that was stopped for another one's failure; `stopping` may name what is left of it. */
export function stoppedBy(reason: SluiceError, stopping: unknown): SluiceError {
  const {
    left,
    unlisted,
    unsettled = reason.details.unsettled,
  } = stopping instanceof SluiceError ? stopping.details : {};
  const bare = withoutLeft(reason);
  const named = Array.isArray(left) ? left : [];
  const remains = named.length === 0 ? '' : `. ${couldNotRemove(named)}`;
  const advice = unsettled === true ? removeLater : adviceOn(named.length, Number(unlisted ?? 0));
  return new SluiceError(reason.code, `Stopped: ${bare.message}${remains}`, {
    cause: stopping,
    fix: remains === '' ? bare.fix : `${bare.fix} ${advice}`,
    details: {
      ...bare.details,
      ...(left === undefined ? {} : { left }),
      ...(unlisted === undefined ? {} : { unlisted }),
      ...(unsettled === undefined ? {} : { unsettled }),
    },
  });
}

/** The error of an object whose turn did not come, since the job ended with another one's failure. */
export function notBegun(reason: SluiceError): SluiceError {
  const { code, message, fix, details } = withoutLeft(reason);
  return new SluiceError(code, `Not begun: ${message}`, { cause: reason, fix, details });
}

/** The failure by itself: what is left of the object that it befell concerns no other. */
function withoutLeft(error: SluiceError): SluiceError {
  if (error.details.left === undefined) return error;
  const { cause } = error;
  if (cause instanceof SluiceError) return withoutLeft(cause);
  const words = cause instanceof Error && !isCancelled(cause) ? cause.message : 'The load was cancelled';
  return new SluiceError(error.code, words, { cause });
}

const couldNotRemove = (what: readonly string[]): string =>
  `What was begun could not be removed: ${what.join('; ')}`;

const removeLater = 'S3 did not answer: discard the job when it can be reached again.';

/** Whatever was thrown, as an error that may be shown. Faults of our own are not hidden behind soft words. */
export function sluiceError(error: unknown, signal: AbortSignal): SluiceError {
  const known = error instanceof SluiceError ? error : undefined;
  if (signal.aborted) {
    const left = known?.details.left !== undefined;
    return new SluiceError('CANCELLED', left ? known.message : 'The load was cancelled', {
      cause: error,
      ...(left ? { details: known.details, fix: known.fix } : {}),
    });
  }
  if (known !== undefined) return known;
  return new SluiceError('INTERNAL', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}

/** The error of a job that can be resumed. */
export const interruption = (reason: SluiceError): SluiceError =>
  new SluiceError(reason.code, `The load was interrupted: ${reason.message}`, {
    cause: reason,
    details: reason.details,
    fix: `${reason.fix} Then resume the job, or discard it.`,
  });

/** The part of an error that may be stored and shown. */
export const errorInfo = (error: SluiceError): ErrorInfo => ({
  code: error.code,
  message: error.message,
  fix: error.fix,
  details: { ...error.details },
});
