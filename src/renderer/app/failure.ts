/** An error of the contract, in the words that a screen shows. */
import type { ErrorCode } from '../../shared/errors.ts';

export interface Failure {
  readonly code: ErrorCode | 'UNKNOWN';
  /** What happened, and why. */
  readonly message: string;
  /** What to do next. */
  readonly fix: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Whatever a call threw. What is not an error of the contract means that the program behind the page is gone. */
export function failureOf(error: unknown): Failure {
  const { code, message, data } = (error ?? {}) as { code?: unknown; message?: unknown; data?: unknown };
  if (typeof code === 'string' && typeof data === 'object' && data !== null && 'fix' in data) {
    const { fix, details } = data as { fix: string; details?: Record<string, unknown> };
    return { code: code as ErrorCode, message: String(message), fix, details: details ?? {} };
  }
  return {
    code: 'UNKNOWN',
    message: 'Sluice does not answer',
    fix: 'The program behind this page may have ended. Start it again, then reload the page.',
    details: {},
  };
}
