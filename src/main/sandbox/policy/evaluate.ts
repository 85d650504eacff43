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
 * policy narrows it; `everybody`: a session is let in with everybody, past its boundary; `allow`: its role is named;
 * `account`: the whole account is trusted, which has to allow too.
 */
type Answer = 'none' | 'account' | 'allow' | 'everybody' | 'direct' | 'deny';

/** The later, the more it decides. */
const strength: readonly Answer[] = ['none', 'account', 'allow', 'everybody', 'direct', 'deny'];
const stronger = (a: Answer, b: Answer): Answer => (strength.indexOf(a) < strength.indexOf(b) ? b : a);

export function evaluate(request: PolicyRequest, policies: Policies): Decision {
  const bounded = policies.boundary !== undefined;
  const answer = (given: readonly Policy[]): Answer => answerOf(given, request, bounded);
  const answers = {
    identity: answer(policies.identity),
    resource: policies.resource === undefined ? 'none' : answer([policies.resource]),
    boundary: policies.boundary === undefined ? 'allow' : answer([policies.boundary]),
    session: policies.session === undefined ? 'allow' : answer(policies.session),
  };
  const refuse = (by: PolicyType, explicit = false): Decision => ({ allowed: false, explicit, by });
  if (answers.identity === 'deny') return refuse('identity-based policy', true);
  if (answers.resource === 'deny') return refuse('resource-based policy', true);
  if (answers.boundary === 'deny') return refuse('permissions boundary', true);
  if (answers.session === 'deny') return refuse('session policy', true);
  const { foreign = false, resourceDecides = false } = policies;
  if ((resourceDecides || foreign) && answers.resource === 'none') return refuse('resource-based policy');
  if (answers.resource === 'direct' && !foreign) return { allowed: true };
  const byEverybody = answers.resource === 'everybody' && !foreign;
  const byResource = byEverybody || (answers.resource === 'allow' && !foreign);
  if (!byResource && answers.identity === 'none') return refuse('identity-based policy');
  if (answers.boundary === 'none' && !byEverybody) return refuse('permissions boundary');
  if (answers.session === 'none') return refuse('session policy');
  return { allowed: true };
}

function answerOf(policies: readonly Policy[], request: PolicyRequest, bounded: boolean): Answer {
  let answer: Answer = 'none';
  for (const policy of policies) {
    for (const statement of policy.statements) {
      const who = principalMatch(statement, request.principal, bounded);
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

function principalMatch(
  { principal, effect }: Statement,
  names: PrincipalNames,
  bounded: boolean,
): Exclude<Answer, 'deny'> {
  if (principal === undefined) return 'allow';
  if (!principal.not) return namedIn(principal, names);
  const spared =
    effect === 'Deny' ? isSpared(principal, names, bounded) : namedIn(principal, names) !== 'none';
  return spared ? 'none' : 'allow';
}

/**
 * Whether `NotPrincipal` spares a caller from a deny: it and its role and its account must all stand there, and one
 * with a permissions boundary is never spared. IAM user guide, "NotPrincipal" and "Permissions boundaries".
 */
function isSpared(
  { aws }: PrincipalPatterns,
  { own, role, root, account }: PrincipalNames,
  bounded: boolean,
): boolean {
  const named = (...names: readonly string[]): boolean => names.some((name) => aws.includes(name));
  if (bounded) return false;
  return named('*') || (named(...own) && named(root, account) && (role === undefined || named(role)));
}

function namedIn({ aws }: PrincipalPatterns, names: PrincipalNames): Exclude<Answer, 'deny'> {
  if (aws.some((name) => names.own.includes(name))) return 'direct';
  if (aws.includes('*')) return names.role === undefined ? 'direct' : 'everybody';
  if (names.role !== undefined && aws.includes(names.role)) return 'allow';
  return aws.some((name) => name === names.root || name === names.account) ? 'account' : 'none';
}
