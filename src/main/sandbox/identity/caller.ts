/** Who a request comes from, and the credentials that prove it. */
import type { Policy } from '../policy/document.ts';

export interface Caller {
  /** Of an IAM user, or of an assumed-role session. */
  readonly arn: string;
  /** As GetCallerIdentity reports it: `AIDA…`, or `AROA…:session`. */
  readonly userId: string;
  readonly accountId: string;
  /** Of a user. */
  readonly userName?: string;
  /** The role behind a session; absent for a user. */
  readonly roleArn?: string;
  /** Handed over with AssumeRole: they narrow what the role may do. */
  readonly sessionPolicies?: readonly Policy[] | undefined;
}

export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly caller: Caller;
  /** Temporary credentials only. */
  readonly session?: { readonly token: string; readonly expiresAt: Date };
}
