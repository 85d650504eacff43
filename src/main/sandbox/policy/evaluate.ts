/**
 * Whether policies allow a request. IAM user guide, "Policy evaluation logic": an explicit deny anywhere wins;
 * within one account an identity-based or a resource-based policy is enough; session policies and permissions
 * boundaries only narrow.
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
  readonly boundary?: readonly Policy[] | undefined;
  /** The bucket's policy, or the role's trust policy. */
  readonly resource?: Policy | undefined;
  /** A trust policy or a key policy must allow by itself: the identity's policies alone open nothing. */
  readonly resourceDecides?: boolean;
  /** The resource belongs to another account: both sides must allow. */
  readonly foreign?: boolean;
}

export type PolicyType =
  | 'identity-based policy'
  | 'resource-based policy'
  | 'session policy'
  | 'permissions boundary';

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly explicit: boolean; readonly by: PolicyType };

/** How a policy answers: `account`: it trusts the whole account, which has to allow too. */
type Answer = 'allow' | 'account' | 'deny' | 'none';

export function evaluate(request: PolicyRequest, policies: Policies): Decision {
  const answers = {
    identity: answerOf(policies.identity, request),
    resource: answerOf(policies.resource === undefined ? [] : [policies.resource], request),
    session: policies.session === undefined ? 'allow' : answerOf(policies.session, request),
    boundary: policies.boundary === undefined ? 'allow' : answerOf(policies.boundary, request),
  };
  const refuse = (by: PolicyType, explicit = false): Decision => ({ allowed: false, explicit, by });
  if (answers.identity === 'deny') return refuse('identity-based policy', true);
  if (answers.resource === 'deny') return refuse('resource-based policy', true);
  if (answers.session === 'deny') return refuse('session policy', true);
  if (answers.boundary === 'deny') return refuse('permissions boundary', true);
  if (policies.resourceDecides === true) {
    if (answers.resource === 'none') return refuse('resource-based policy');
    if (answers.resource === 'allow' && policies.foreign !== true) return { allowed: true };
  } else if (answers.resource === 'allow' && policies.foreign !== true) return { allowed: true };
  else if (policies.foreign === true && answers.resource === 'none') return refuse('resource-based policy');
  if (answers.identity !== 'allow') return refuse('identity-based policy');
  if (answers.boundary !== 'allow') return refuse('permissions boundary');
  if (answers.session !== 'allow') return refuse('session policy');
  return { allowed: true };
}

function answerOf(policies: readonly Policy[], request: PolicyRequest): Answer {
  let answer: Answer = 'none';
  for (const policy of policies) {
    for (const statement of policy.statements) {
      const who = principalMatch(statement, request.principal);
      if (who === 'no' || !applies(statement, request, policy.variables)) continue;
      if (statement.effect === 'Deny') return 'deny';
      if (who === 'own') answer = 'allow';
      else if (answer === 'none') answer = 'account';
    }
  }
  return answer;
}

function applies(statement: Statement, request: PolicyRequest, variables: boolean): boolean {
  return (
    covers(statement.action, (pattern) => matchesAction(pattern, request.action)) &&
    (statement.resource === undefined ||
      covers(statement.resource, (pattern) => {
        const tokens = expand(pattern, { enabled: variables, wildcards: true }, request.context);
        return tokens !== undefined && matches(tokens, request.resource);
      })) &&
    hold(statement.conditions, request.context, variables)
  );
}

const covers = ({ not, values }: Patterns, matching: (pattern: string) => boolean): boolean =>
  values.some(matching) !== not;

function principalMatch(statement: Statement, names: PrincipalNames): 'own' | 'account' | 'no' {
  const { principal } = statement;
  if (principal === undefined) return 'own';
  const match = namedIn(principal, names);
  if (!principal.not) return match;
  // Who is meant by root alone is still the account's, so NotPrincipal root spares everybody of it.
  return match === 'no' ? 'own' : 'no';
}

function namedIn({ aws }: PrincipalPatterns, names: PrincipalNames): 'own' | 'account' | 'no' {
  if (aws.some((name) => name === '*' || names.own.includes(name))) return 'own';
  return aws.some((name) => name === names.root || name === names.account) ? 'account' : 'no';
}
