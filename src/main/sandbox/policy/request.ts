/** What is asked of a policy. */

/** Condition keys of a request, in lower case, with their values. A key without a value is absent. */
export type RequestContext = ReadonlyMap<string, readonly string[]>;

/** The names by which a principal element may mean a caller. */
export interface PrincipalNames {
  /** 12 digits. */
  readonly account: string;
  /** `arn:aws:iam::<account>:root` */
  readonly root: string;
  /** The caller itself: a user's id, or a session's id and ARN. */
  readonly own: readonly string[];
  /** The id of the role behind a session. */
  readonly role?: string | undefined;
}

export interface PolicyRequest {
  /** `s3:PutObject` */
  readonly action: string;
  /** ARN, or `*` for actions without one. */
  readonly resource: string;
  readonly principal: PrincipalNames;
  readonly context: RequestContext;
}
