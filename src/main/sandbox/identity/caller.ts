/** Who a request comes from, and the credentials that prove it. */
import type { Policy } from '../policy/document.ts';

export interface Caller {
  /** `federated`: somebody to whom a user handed some of its rights, by GetFederationToken. */
  readonly kind: 'root' | 'user' | 'role' | 'federated';
  /** Of the user, or of the session. */
  readonly arn: string;
  /** As GetCallerIdentity reports it: `AIDA…`, or `AROA…:session`. */
  readonly userId: string;
  readonly accountId: string;
  /** Of the user, or of the one behind a federated session. */
  readonly userName?: string | undefined;
  /** The role behind a session. */
  readonly roleArn?: string | undefined;
  /** Handed over when the session was opened: they narrow what the role or user may do. */
  readonly sessionPolicies?: readonly Policy[] | undefined;
  /** Of temporary credentials. */
  readonly issuedAt?: Date;
}

export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly caller: Caller;
  /** Temporary credentials only. */
  readonly session?: { readonly token: string; readonly expiresAt: Date };
}

export type SessionCredential = Required<Credential>;
