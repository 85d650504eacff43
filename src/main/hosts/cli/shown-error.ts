/** Whatever was thrown, as the user is told: code, message, fix and details, never a stack. */
import {
  type ErrorCode,
  type ErrorDetails,
  errorCodes,
  isCancelled,
  SluiceError,
} from '../../../shared/errors.ts';

/** An error as it is shown. */
export interface ShownError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fix: string;
  readonly details: ErrorDetails | Record<string, unknown>;
}

/** Errors of the contract (ORPCErrors with our codes), our own, and faults. */
export function shownError(error: unknown, signal?: AbortSignal): ShownError {
  if (signal?.aborted === true && (isCancelled(error) || !(error instanceof Error))) {
    return shown(new SluiceError('CANCELLED', 'Cancelled', { cause: error }));
  }
  if (error instanceof SluiceError) return shown(error);
  const { code, data, message } = (error ?? {}) as { code?: unknown; data?: unknown; message?: unknown };
  if (isErrorCode(code) && typeof data === 'object' && data !== null) {
    const { fix, details } = data as { fix?: string; details?: Record<string, unknown> };
    return { code, message: String(message), fix: fix ?? '', details: details ?? {} };
  }
  return shown(new SluiceError('INTERNAL', error instanceof Error ? error.message : String(error)));
}

const shown = ({ code, message, fix, details }: SluiceError): ShownError => ({ code, message, fix, details });

const isErrorCode = (code: unknown): code is ErrorCode => (errorCodes as readonly unknown[]).includes(code);
