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

/** Advice for a window, where the core's own would send the user to the command line. */
const onScreen: Partial<Readonly<Record<ErrorCode, string>>> = {
  INPUT_INVALID: 'Correct the value and try again.',
  IN_USE: 'Remove what uses it first.',
  NOT_FOUND: 'It may have been removed meanwhile. Go back to the list.',
  SECRET_IN_ARGUMENT: 'Take the password out of the URL and give it in its own field.',
  JOB_INTERRUPTED: 'Resume or discard the job on its page.',
  ALREADY_APPENDED: 'Nothing was added. Should it stand there twice, choose “Load anyway”.',
  JOB_FAILED: 'See the message of each failed object.',
  NOT_SIGNED_IN:
    'Run "aws configure" or "aws sso login" in a terminal, or name another profile. Then try again.',
  SESSION_EXPIRED: 'Sign in again, then try again.',
  HOST_KEY_UNKNOWN: 'Ask whoever runs the SSH server for its fingerprint. If it is the same, accept it here.',
  TUNNEL_DENIED: 'Check the user and the key, passphrase or password of the SSH server.',
  SOURCE_DENIED: 'Check user name and password, and what the server allows this user.',
  ASSUME_ROLE_DENIED: 'Check the role ARN, and compare the trust policy of the role with the one shown here.',
  ACCESS_DENIED: 'Add the missing statement to the permissions policy. Test the destination to see which.',
  ROLE_OPEN: 'Replace the trust policy of the role by the one that is shown here.',
  INTERNAL: 'This is a fault in Sluice. Please report it, and say what you did.',
};

/** A command of ours, one of its options, or "the command" itself; commands of others are good advice here too. */
const speaksOfCommands = /\bsluice [a-z]|(with|or|name) --[a-z]|--[a-z-]+-stdin|\bthe command\b/;

/** What to do about an error, for somebody who sees a window. */
export function screenFix(code: string | undefined, fix: string): string {
  const words = (onScreen as Readonly<Record<string, string>>)[code ?? ''];
  return words !== undefined && speaksOfCommands.test(fix) ? words : fix;
}

/** Whatever a call threw. What is not an error of the contract means that the program behind the page is gone. */
export function failureOf(error: unknown): Failure {
  const { code, message, data } = (error ?? {}) as { code?: unknown; message?: unknown; data?: unknown };
  if (typeof code === 'string' && typeof data === 'object' && data !== null && 'fix' in data) {
    const { fix, details } = data as { fix: string; details?: Record<string, unknown> };
    return {
      code: code as ErrorCode,
      message: String(message),
      fix: screenFix(code, fix),
      details: details ?? {},
    };
  }
  return {
    code: 'UNKNOWN',
    message: 'Sluice does not answer',
    fix: 'The program behind this page may have ended. Start it again, then reload the page.',
    details: {},
  };
}
