/** What databases over a network raise in the same way, whichever they are. */
import { type ErrorCode, SluiceError } from '../../shared/errors.ts';

export interface Verdict {
  readonly code: ErrorCode;
  readonly why: string;
  readonly fix?: string;
}

const noSuchHost: Verdict = {
  code: 'SOURCE_UNREACHABLE',
  why: 'this host name is not known here',
  fix: 'Check the spelling of the host, and the network or VPN.',
};

export const timedOut: Verdict = { code: 'SOURCE_UNREACHABLE', why: 'it did not answer in time' };

/** By the code of Node's network errors. */
export const networkVerdicts: Readonly<Record<string, Verdict>> = {
  ECONNREFUSED: { code: 'SOURCE_UNREACHABLE', why: 'nothing accepts connections there' },
  ENOTFOUND: noSuchHost,
  EAI_AGAIN: noSuchHost,
  EAI_NODATA: noSuchHost,
  ETIMEDOUT: timedOut,
  EHOSTUNREACH: { code: 'SOURCE_UNREACHABLE', why: 'there is no way to this host' },
  ENETUNREACH: { code: 'SOURCE_UNREACHABLE', why: 'there is no way to this network' },
  ECONNRESET: { code: 'SOURCE_UNREACHABLE', why: 'it broke the connection off' },
  EPIPE: { code: 'SOURCE_UNREACHABLE', why: 'it broke the connection off' },
  ENOENT: { code: 'SOURCE_UNREACHABLE', why: 'there is no such socket, so no server runs there' },
  EACCES: { code: 'SOURCE_UNREACHABLE', why: 'this account may not use it' },
};

export const cancelled = (): SluiceError =>
  new SluiceError('CANCELLED', 'Cancelled while reading the source');

/** '' where the error has none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** Several addresses of one host fail together as an AggregateError, whose own message is empty. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
