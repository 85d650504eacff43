/**
 * Trust policies, as far as practice needs them: the principal and `StringEquals sts:ExternalId`. What is not
 * understood never grants: an Allow statement with it does not match, a Deny statement with it always does.
 */
import { SluiceError } from '../../../shared/errors.ts';
import type { Caller } from './caller.ts';

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly body: Readonly<Record<string, unknown>>;
}

export type TrustPolicy = readonly Statement[];

/** Three values, so that "not understood" can count against the caller in both kinds of statement. */
type Verdict = 'yes' | 'no' | 'unknown';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A string or a list of strings; undefined for anything else. */
function strings(value: unknown): readonly string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  return list.every((item): item is string => typeof item === 'string') ? list : undefined;
}

function parseStatement(value: unknown): Statement {
  if (!isRecord(value) || (value.Effect !== 'Allow' && value.Effect !== 'Deny')) {
    throw new SluiceError('INPUT_INVALID', 'A statement of the trust policy has no Effect of Allow or Deny');
  }
  return { effect: value.Effect, body: value };
}

/**
 * @param document the policy as JSON text or as an object
 * @throws SluiceError INPUT_INVALID when it is not a policy document
 */
export function parseTrustPolicy(document: unknown): TrustPolicy {
  let policy = document;
  if (typeof document === 'string') {
    try {
      policy = JSON.parse(document);
    } catch (cause) {
      throw new SluiceError('INPUT_INVALID', 'The trust policy is not valid JSON', { cause });
    }
  }
  if (!isRecord(policy) || policy.Statement === undefined) {
    throw new SluiceError('INPUT_INVALID', 'The trust policy has no Statement');
  }
  const list = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  return list.map(parseStatement);
}

function actionMatches(action: unknown): Verdict {
  const names = strings(action);
  if (names === undefined) return 'unknown';
  return names.some((name) => ['sts:assumerole', 'sts:*', '*'].includes(name.toLowerCase())) ? 'yes' : 'no';
}

function principalMatches(principal: unknown, caller: Caller): Verdict {
  if (principal === '*') return 'yes';
  if (!isRecord(principal)) return 'unknown';
  // Service and Federated principals are never one of our callers.
  if (principal.AWS === undefined) return 'no';
  const names = strings(principal.AWS);
  if (names === undefined) return 'unknown';
  const root = `arn:aws:iam::${caller.accountId}:root`;
  const own = ['*', root, caller.accountId, caller.arn, caller.roleArn];
  return names.some((name) => own.includes(name)) ? 'yes' : 'no';
}

function conditionMatches(condition: unknown, externalId: string | undefined): Verdict {
  if (condition === undefined) return 'yes';
  if (!isRecord(condition)) return 'unknown';
  let verdict: Verdict = 'yes';
  for (const [operator, keys] of Object.entries(condition)) {
    if (operator !== 'StringEquals' || !isRecord(keys)) return 'unknown';
    for (const [key, wanted] of Object.entries(keys)) {
      const values = strings(wanted);
      if (key.toLowerCase() !== 'sts:externalid' || values === undefined) return 'unknown';
      if (externalId === undefined || !values.includes(externalId)) verdict = 'no';
    }
  }
  return verdict;
}

function statementMatches({ body }: Statement, caller: Caller, externalId: string | undefined): Verdict {
  if ('NotPrincipal' in body || 'NotAction' in body) return 'unknown';
  const verdicts = [
    actionMatches(body.Action),
    principalMatches(body.Principal, caller),
    conditionMatches(body.Condition, externalId),
  ];
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('unknown') ? 'unknown' : 'yes';
}

/** Whether the policy lets the caller assume its role with this external ID. An explicit Deny wins. */
export function trusts(policy: TrustPolicy, caller: Caller, externalId: string | undefined): boolean {
  const matches = (effect: Statement['effect'], verdicts: readonly Verdict[]): boolean =>
    policy.some(
      (statement) =>
        statement.effect === effect && verdicts.includes(statementMatches(statement, caller, externalId)),
    );
  return matches('Allow', ['yes']) && !matches('Deny', ['yes', 'unknown']);
}
