/** The role must open with the external ID, and with nothing else. */
import { SluiceError } from '../../../shared/errors.ts';
import { assumeRoleStatement, type PolicyDocument, printPolicy, trustPolicy } from '../../../shared/iam.ts';
import type { Check, Identity, Remedy, Waiting } from '../../../shared/model.ts';
import { isGuardRail, parseDenial } from '../denial.ts';
import { assumeRole } from '../signing.ts';
import { adviceFor } from './advice.ts';
import { createRole, requestFor, updateTrust } from './commands.ts';
import { type Circumstances, circumstancesOf, whyDenied, whyOpen } from './role-circumstances.ts';
import { failed, outcomeOf, type TestRun } from './test-run.ts';
import { tryAgain } from './waiting.ts';

const [opens, withoutId, wrongId] = [
  'assume-role',
  'assume-role-without-external-id',
  'assume-role-with-wrong-external-id',
] as const;

export const roleChecks: readonly string[] = [opens, withoutId, wrongId];

type RoleRun = TestRun & { readonly roleArn: string; readonly identity: Identity | undefined };

/** False ends the test. */
export async function* checkRole(
  run: TestRun,
  identity: Identity | undefined,
): AsyncGenerator<Check | Waiting, boolean> {
  const { access } = run.settings;
  if (access.type !== 'role') return true;
  const roleRun: RoleRun = { ...run, roleArn: access.roleArn, identity };
  if (!(yield* checkOpens(roleRun))) return false;
  const closed = [
    yield* checkClosed(roleRun, withoutId, undefined),
    yield* checkClosed(roleRun, wrongId, crypto.randomUUID()),
  ];
  return !closed.includes(false);
}

/** The error of an attempt to assume the role; undefined when it opened. */
async function probe({ settings, context, signal }: TestRun, externalId: string | undefined) {
  const outcome = await outcomeOf(() => assumeRole(settings, context, { externalId, signal }));
  return outcome instanceof SluiceError ? outcome : undefined;
}

async function* checkOpens(run: RoleRun): AsyncGenerator<Check | Waiting, boolean> {
  const { externalId } = run.context;
  const first = await probe(run, externalId);
  const why = first === undefined ? undefined : whyDenied(await circumstancesOf(run, first));
  const problem = yield* tryAgain(run, first, {
    check: opens,
    cause: why ?? 'AWS takes up to a minute until a new role or a changed trust policy works',
    budget: run.toWork,
    attempt: () => probe(run, externalId),
    settled: (found) => found === undefined || !mayCome(found, run),
  });
  if (problem === undefined) {
    yield { check: opens, verdict: 'passed' };
    return true;
  }
  // Looked up again: meanwhile somebody may have mended one thing of two.
  const circumstances = await circumstancesOf(run, problem);
  yield { ...failed(opens, problem), ...adviceForDenied(problem, run, circumstances) };
  return false;
}

/** A refusal that may be one of the moment: nothing says that it is for good. */
function mayCome(problem: SluiceError, { identity, kept }: RoleRun): boolean {
  if (problem.code !== 'ASSUME_ROLE_DENIED' || identity?.principal === null) return false;
  const { by, explicit } = parseDenial(problem.message);
  if (explicit) return false;
  // Who tries again from here has just changed something.
  return by === undefined || by === 'role trust policy' || by === 'resource-based policy' || kept.length > 0;
}

/** What to paste where AssumeRole was refused: the caller's own statement, or the role's trust policy. */
function adviceForDenied(problem: SluiceError, run: RoleRun, circumstances: Circumstances): Partial<Check> {
  const { identity, roleArn, settings } = run;
  if (problem.code !== 'ASSUME_ROLE_DENIED') return adviceFor(problem, settings);
  if (identity?.principal === null)
    return {
      cause: identity.problem ?? problem.message,
      fix: 'Sign in as an IAM user, through IAM Identity Center or with a role; or use access keys.',
      field: 'profile',
    };
  const denial = parseDenial(problem.message);
  if (isGuardRail(denial)) {
    return {
      fix: `Ask your administrator: the ${denial.by} has to allow it.`,
      remedies: [requestFor(problem, identity?.arn)],
    };
  }
  if (denial.by === 'identity-based policy') {
    return denial.explicit
      ? {
          fix: `A policy of ${identity?.arn ?? 'your identity'} denies sts:AssumeRole. Take that deny out, or ask your administrator.`,
          remedies: [requestFor(problem, identity?.arn)],
        }
      : {
          fix: `Your own identity may not assume roles yet. Add this statement to the policy of ${identity?.arn ?? 'it'}.`,
          statement: printPolicy(assumeRoleStatement(roleArn)),
        };
  }
  return { field: 'roleArn', ...trustAdvice(run, circumstances, problem) };
}

function trustAdvice(run: RoleRun, circumstances: Circumstances, problem: SluiceError): Partial<Check> {
  const why = whyDenied(circumstances);
  const cause = why === undefined ? {} : { cause: `${problem.message}; ${why}` };
  if (circumstances.role === 'missing') {
    return {
      ...cause,
      fix: 'Correct the role ARN, or make the role with this trust policy.',
      ...pasted(run, createRole),
    };
  }
  if (circumstances.movedTo !== undefined)
    return { ...cause, fix: `Use the role ARN ${circumstances.movedTo}.` };
  return {
    ...cause,
    fix:
      why === undefined
        ? 'Check that the role exists, and that its trust policy is this one. A new role takes up to a minute to work.'
        : 'Replace the trust policy of the role by this one.',
    ...pasted(run, updateTrust),
  };
}

/** Nobody may come in this way; that it could not be told is no pass. */
async function* checkClosed(
  run: RoleRun,
  check: string,
  externalId: string | undefined,
): AsyncGenerator<Check | Waiting, boolean> {
  const how = externalId === undefined ? 'without an external ID' : 'with a wrong external ID';
  const first = await probe(run, externalId);
  const why = first === undefined ? whyOpen(await circumstancesOf(run, undefined)) : undefined;
  const cause = `The role can be assumed ${how}${why === undefined ? '' : `: ${why}`}`;
  const problem = yield* tryAgain(run, first, {
    check,
    cause: `${cause}; a changed trust policy takes up to a minute to work`,
    budget: run.toClose,
    attempt: () => probe(run, externalId),
    settled: (found) => found !== undefined,
  });
  if (problem === undefined) {
    yield { ...failed(check, new SluiceError('ROLE_OPEN', cause)), field: 'roleArn', ...openAdvice(run) };
    return false;
  }
  if (problem.code === 'ASSUME_ROLE_DENIED')
    yield { check, verdict: 'passed', cause: 'Refused, as it should be' };
  else yield { check, verdict: 'warning', cause: `Could not tell: ${problem.message}`, fix: problem.fix };
  return true;
}

const openAdvice = (run: RoleRun): Partial<Check> => ({
  fix: 'Replace the trust policy of the role by this one. Until then the destination cannot be saved.',
  ...pasted(run, updateTrust),
});

/** The trust policy as it should be, and the command that sets it. */
function pasted(
  { roleArn, identity, context }: RoleRun,
  command: (roleArn: string, trust: object) => Remedy,
): Pick<Check, 'statement' | 'remedies'> {
  if (identity === undefined || identity.principal === null) return {};
  const { aws, arnLike } = identity.principal;
  const principal = arnLike === undefined ? { aws } : { aws, arnLike };
  const trust: PolicyDocument = trustPolicy({ principal, externalId: context.externalId });
  return { statement: printPolicy(trust), remedies: [command(roleArn, trust)] };
}
