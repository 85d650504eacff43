/**
 * Whether policies allow a request. IAM user guide, "Policy evaluation logic": an explicit deny anywhere wins;
 * within one account an identity-based or a resource-based policy is enough; permissions boundaries and session
 * policies only narrow. The policies of organisations do not exist here.
 */
import { hold } from './conditions.ts';
import type { Patterns, Policy, PrincipalPatterns, Statement } from './document.ts';
import type { PolicyRequest, PrincipalNames } from './request.ts';
import { expand } from './variables.ts';
import { matches, matchesAction } from './wildcard.ts';

export interface Policies {
  /** Of the user, or of the role behind a session; inline and attached alike. */
  readonly identity: readonly Policy[];
  /** Handed over when the session was opened; absent where there was none. */
  readonly session?: readonly Policy[] | undefined;
  /** The most that the user or role may do; absent where there is none. */
  readonly boundary?: Policy | undefined;
  /** The bucket's or key's policy, or the role's trust policy. */
  readonly resource?: Policy | undefined;
  /** A trust policy or a key policy must allow by itself: the identity's policies alone open nothing. */
  readonly resourceDecides?: boolean;
  /** The resource belongs to another account: both sides must allow. */
  readonly foreign?: boolean;
}

export type PolicyType =
  | 'identity-based policy'
  | 'resource-based policy'
  | 'permissions boundary'
  | 'session policy';

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly explicit: boolean; readonly by: PolicyType };

/**
 * How policies answer. `direct`: the user or the session itself is named, so that neither a boundary nor a session
 * policy narrows it; `allow`: its role, or everybody; `account`: the whole account is trusted, which has to allow too.
 */
type Answer = 'none' | 'account' | 'allow' | 'direct' | 'deny';

/** The later, the more it decides. */
const strength: readonly Answer[] = ['none', 'account', 'allow', 'direct', 'deny'];
const stronger = (a: Answer, b: Answer): Answer => (strength.indexOf(a) < strength.indexOf(b) ? b : a);

export function evaluate(request: PolicyRequest, policies: Policies): Decision {
  const answers = {
    identity: answerOf(policies.identity, request),
    resource: answerOf(policies.resource === undefined ? [] : [policies.resource], request),
    boundary: policies.boundary === undefined ? 'allow' : answerOf([policies.boundary], request),
    session: policies.session === undefined ? 'allow' : answerOf(policies.session, request),
  };
  const refuse = (by: PolicyType, explicit = false): Decision => ({ allowed: false, explicit, by });
  if (answers.identity === 'deny') return refuse('identity-based policy', true);
  if (answers.resource === 'deny') return refuse('resource-based policy', true);
  if (answers.boundary === 'deny') return refuse('permissions boundary', true);
  if (answers.session === 'deny') return refuse('session policy', true);
  const { foreign = false, resourceDecides = false } = policies;
  if ((resourceDecides || foreign) && answers.resource === 'none') return refuse('resource-based policy');
  if (answers.resource === 'direct' && !foreign) return { allowed: true };
  const byResource = answers.resource === 'allow' && !foreign;
  if (!byResource && answers.identity === 'none') return refuse('identity-based policy');
  if (answers.boundary === 'none') return refuse('permissions boundary');
  if (answers.session === 'none') return refuse('session policy');
  return { allowed: true };
}

function answerOf(policies: readonly Policy[], request: PolicyRequest): Answer {
  let answer: Answer = 'none';
  for (const policy of policies) {
    for (const statement of policy.statements) {
      const who = principalMatch(statement, request.principal);
      if (who === 'none' || !applies(statement, request, policy.variables)) continue;
      answer = stronger(answer, statement.effect === 'Deny' ? 'deny' : who);
    }
  }
  return answer;
}

function applies(statement: Statement, request: PolicyRequest, variables: boolean): boolean {
  const { not, values } = statement.action;
  return (
    values.some((pattern) => matchesAction(pattern, request.action)) !== not &&
    isAbout(statement.resource, request, variables) &&
    hold(statement.conditions, request.context, variables)
  );
}

function isAbout(resource: Patterns | undefined, request: PolicyRequest, variables: boolean): boolean {
  if (resource === undefined) return true;
  const patterns = resource.values.map((pattern) =>
    expand(pattern, { enabled: variables, wildcards: true }, request.context),
  );
  // Whether it is "everything but this" cannot be said while a variable of "this" has no value.
  if (resource.not && patterns.includes(undefined)) return false;
  return (
    patterns.some((tokens) => tokens !== undefined && matches(tokens, request.resource)) !== resource.not
  );
}

function principalMatch(statement: Statement, names: PrincipalNames): Exclude<Answer, 'deny'> {
  const { principal } = statement;
  if (principal === undefined) return 'allow';
  const match = namedIn(principal, names);
  if (!principal.not) return match;
  return match === 'none' ? 'allow' : 'none';
}

function namedIn({ aws }: PrincipalPatterns, names: PrincipalNames): Exclude<Answer, 'deny'> {
  if (aws.some((name) => names.own.includes(name))) return 'direct';
  // Everybody: of a role's sessions as if the role were named.
  const everybody = aws.includes('*');
  if (everybody && names.role === undefined) return 'direct';
  if (everybody || (names.role !== undefined && aws.includes(names.role))) return 'allow';
  return aws.some((name) => name === names.root || name === names.account) ? 'account' : 'none';
}
