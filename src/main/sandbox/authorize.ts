/** Whether a caller may do what it asks for, by every policy that has a say. */
import { type Call, denied, type Permission } from './calls.ts';
import type { Account } from './identity/account.ts';
import type { Caller } from './identity/caller.ts';
import type { Policy } from './policy/document.ts';
import { type Decision, evaluate, type Policies } from './policy/evaluate.ts';
import type { PrincipalNames, RequestContext } from './policy/request.ts';

export interface Authority {
  readonly account: Account;
  readonly region: string;
  readonly now: () => Date;
  readonly bucketPolicy: (bucket: string) => Policy | undefined;
  /**
   * `detailed`: AccessDenied says which kind of policy is to blame, as AWS does within an account and its
   * organisation; `bare`: it does not, as AWS elsewhere. A caller of another account never learns it.
   */
  readonly denials: 'detailed' | 'bare';
}

/** @throws ServiceError AccessDenied when the call's caller lacks the permission */
export type Permit = (permission: Permission) => void;

/** Ask for no permission, whatever the policies say. */
const free = new Set(['sts:GetCallerIdentity', 'sts:GetSessionToken']);

export function permitFor(call: Call, authority: Authority): Permit {
  const context = contextOf(call, authority);
  return (permission) => {
    if (free.has(permission.action)) return;
    const request = { ...permission, principal: namesOf(call.caller), context };
    const decision = evaluate(request, policiesFor(call, permission, authority));
    if (decision.allowed) return;
    const bare = authority.denials === 'bare' || call.caller.accountId !== authority.account.id;
    const because = bare ? undefined : reasonOf(decision, permission.action);
    throw denied({ ...call, ...permission }, because);
  };
}

function policiesFor(call: Call, permission: Permission, { account, bucketPolicy }: Authority): Policies {
  const { caller } = call;
  const identity = {
    identity: account.policiesOf(caller),
    boundary: account.boundaryOf(caller),
    session: caller.sessionPolicies,
    foreign: caller.accountId !== account.id,
  };
  if (permission.action === 'sts:AssumeRole') {
    const role = account.roleOf(permission.resource);
    return { ...identity, resource: role?.trust.policy, resourceDecides: true };
  }
  const key = account.kmsKeys.get(permission.resource);
  if (key !== undefined) return { ...identity, resource: key.policy, resourceDecides: true };
  const bucket = /^arn:aws:s3:::([^/*]+)/.exec(permission.resource)?.[1];
  return { ...identity, resource: bucket === undefined ? undefined : bucketPolicy(bucket) };
}

function namesOf({ kind, arn, userId, accountId }: Caller): PrincipalNames {
  const common = { account: accountId, root: `arn:aws:iam::${accountId}:root`, own: [userId, arn] };
  return kind === 'role' ? { ...common, role: userId.split(':')[0] } : common;
}

const principalTypes = {
  root: 'Account',
  user: 'User',
  role: 'AssumedRole',
  federated: 'FederatedUser',
} as const satisfies Record<Caller['kind'], string>;

/** The keys that AWS sets for every request, and those of the call. */
function contextOf(call: Call, { account, region, now }: Authority): RequestContext {
  const { caller } = call;
  const time = now();
  return new Map([
    ['aws:currenttime', [time.toISOString()]],
    ['aws:epochtime', [String(Math.floor(time.getTime() / 1000))]],
    ['aws:principalaccount', [caller.accountId]],
    ['aws:principalarn', [caller.roleArn ?? caller.arn]],
    ['aws:principaltype', [principalTypes[caller.kind]]],
    ['aws:requestedregion', [region]],
    ['aws:resourceaccount', [account.id]],
    ['aws:securetransport', ['false']],
    ['aws:sourceip', ['127.0.0.1']],
    ['aws:userid', [caller.userId]],
    ...(caller.kind === 'user' ? [['aws:username', [caller.userName ?? '']] as const] : []),
    // Long-term keys have neither.
    ...(caller.issuedAt === undefined
      ? []
      : ([
          ['aws:multifactorauthpresent', ['false']],
          ['aws:tokenissuetime', [caller.issuedAt.toISOString()]],
        ] as const)),
    ...(call.context ?? []),
  ]);
}

/** AWS's words. IAM user guide, "Troubleshoot access denied error messages". */
function reasonOf({ explicit, by }: Extract<Decision, { allowed: false }>, action: string): string {
  const type = by === 'resource-based policy' && action === 'sts:AssumeRole' ? 'role trust policy' : by;
  if (!explicit) return `because no ${type} allows the ${action} action`;
  if (type === 'role trust policy') return 'with an explicit deny in the role trust policy';
  return `with an explicit deny in ${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}
