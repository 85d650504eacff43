/** Who a request comes from, and the credentials that prove it. */

export interface Caller {
  /** Of an IAM user, or of an assumed-role session. */
  readonly arn: string;
  /** As GetCallerIdentity reports it: `AIDA…`, or `AROA…:session`. */
  readonly userId: string;
  readonly accountId: string;
  /** The role behind a session; absent for a user. */
  readonly roleArn?: string;
}

export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly caller: Caller;
  /** Temporary credentials only. */
  readonly session?: { readonly token: string; readonly expiresAt: Date };
}
