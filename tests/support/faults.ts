/**
 * Everything that can go wrong between Sluice and S3, by name, and when it strikes.
 *
 * One request: hand an intercept to the sandbox, `startSandbox({ intercept: strike('UploadPart', 2, faults.reset) })`,
 * or to a rig, `rig.faults.intercept = strike(…)`. An intercept may also be written by hand: it sees every call with
 * its operation, action, resource, bucket, key and caller, and returns an interception, or undefined to let it pass.
 *
 * A connection: `startTcpProxy(port)` of tcp-proxy.ts stands between, for databases too, and cuts, stalls, resets,
 * refuses, delays and throttles by bytes, whatever they say.
 *
 * DNS and TLS: the address `nowhere`, and `serveTls(…)` of tls-server.ts with a certificate that is not to be trusted.
 */
import type { Call, Intercept, Interception } from '../../src/main/sandbox/sandbox.ts';

/** A name that no resolver knows (RFC 6761). */
export const nowhere = 'http://no-such-host.invalid';

export const faults = {
  slowDown: { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' },
  internalError: {
    ...{ status: 500, code: 'InternalError' },
    message: 'We encountered an internal error. Please try again.',
  },
  /** A wrong checksum, as S3 sees it. */
  badDigest: {
    ...{ status: 400, code: 'BadDigest' },
    message: 'The CRC32 you specified did not match the calculated checksum.',
  },
  skewed: {
    ...{ status: 403, code: 'RequestTimeTooSkewed' },
    message: 'The difference between the request time and the current time is too large.',
  },
  denied: { deny: true },
  /** The session ends now; whoever opens another one may go on. */
  expired: { expire: true },
  droppedBefore: { hangUp: 'before' },
  resetBefore: { hangUp: 'before', reset: true },
  /** Carried out, and the client never learns it. */
  answerLost: { hangUp: 'after' },
  answerReset: { hangUp: 'after', reset: true },
  stalledBefore: { stall: 'before' },
  stalledAfter: { stall: 'after' },
  slow: { delay: 200 },
  truncated: { answer: { truncateAfter: 20 } },
  /** A byte of the answer arrives as another one. */
  corrupted: { answer: { corruptAt: 5 } },
  /** What the answer says about the bytes is wrong. */
  wrongChecksum: { answer: { headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } } },
  slowAnswer: { answer: { bytesPerSecond: 2000 } },
  /** S3 had begun its 200 when it failed. */
  errorIn200: { errorIn200: { code: 'InternalError', message: 'We encountered an internal error.' } },
} as const satisfies Record<string, Interception>;

/**
 * Lets a fault strike the `nth` request of an operation, counted from 1, and `times` of them from there on.
 * @param operation as in the SDK, e.g. `UploadPart`; undefined counts every request
 */
export function strike(
  operation: string | undefined,
  nth: number,
  fault: Interception | ((call: Call) => Interception | undefined),
  times = 1,
): Intercept {
  let seen = 0;
  return (call) => {
    if (operation !== undefined && call.operation !== operation) return undefined;
    seen += 1;
    if (seen < nth || seen >= nth + times) return undefined;
    return typeof fault === 'function' ? fault(call) : fault;
  };
}
