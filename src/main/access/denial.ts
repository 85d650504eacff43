/** The reason that AWS gives with an AccessDenied, where it gives one. Pure. */

/** AWS's own names of the kinds of policy that may be to blame. */
export const policyKinds = [
  'identity-based policy',
  'resource-based policy',
  'role trust policy',
  'session policy',
  'permissions boundary',
  'service control policy',
  'resource control policy',
  'VPC endpoint policy',
] as const;
export type PolicyKind = (typeof policyKinds)[number];

export interface Denial {
  /** The ARN of who was refused. */
  readonly caller: string | undefined;
  /** The action that was refused; it may be another one than the request was for, e.g. `kms:GenerateDataKey`. */
  readonly action: string | undefined;
  readonly resource: string | undefined;
  /** The kind of policy to blame; undefined where AWS does not say. */
  readonly by: PolicyKind | undefined;
  /** True for a deny statement, false for a missing allow. */
  readonly explicit: boolean;
  /** The policy to blame, where AWS names it. */
  readonly policyArn: string | undefined;
}

/** Reads the message of an AccessDenied, in its detailed or its bare form. */
export function parseDenial(message: string): Denial {
  const find = (pattern: RegExp): string | undefined => pattern.exec(message)?.[1];
  const explicit = /with an explicit deny/i.test(message);
  const kind = explicit
    ? find(/with an explicit deny in (?:an? |the )?([\w -]+?(?:policy|boundary))/i)
    : find(/because no ([\w -]+?(?:policy|boundary)) allows/i);
  return {
    caller: find(/User: (arn:\S+)/),
    action: find(/not authorized to perform: ([\w-]+:\w+)/),
    resource: find(/on resource: "?(arn:[^\s"]+)/),
    by: policyKinds.find((known) => known.toLowerCase() === kind?.toLowerCase()),
    explicit,
    policyArn: find(/explicit deny in [\w -]+?(?:policy|boundary):? \(?(arn:[^\s)"]+?)[).]?(?:\s|$)/i),
  };
}

/** Kinds of policy that somebody else sets up around an account or a network. */
const guardRails: ReadonlySet<PolicyKind> = new Set([
  'session policy',
  'permissions boundary',
  'service control policy',
  'resource control policy',
  'VPC endpoint policy',
]);

/** True where no statement in the role's own policy can help: only an administrator can. */
export const isGuardRail = ({ by }: Denial): boolean => by !== undefined && guardRails.has(by);
