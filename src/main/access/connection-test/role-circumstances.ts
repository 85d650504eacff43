/** What IAM tells about the role that was refused or found open, where it tells anything. */
import { parseArn } from '../../../shared/aws-names.ts';
import type { SluiceError } from '../../../shared/errors.ts';
import type { Identity } from '../../../shared/model.ts';
import { parseDenial } from '../denial.ts';
import { type KnownRole, lookUpRole } from '../iam-role.ts';
import { signerCredentials } from '../signing.ts';
import { trustLetsAnyoneIn, whyClosed } from '../trust-diagnosis.ts';
import { roleNameOf } from './commands.ts';
import type { TestRun } from './test-run.ts';

export interface Circumstances {
  readonly role: KnownRole | 'missing' | undefined;
  /** The ARN of the role of that name, where the settings give it another path. */
  readonly movedTo: string | undefined;
  /** The names that a trust policy may give the caller. */
  readonly callers: readonly string[];
  readonly externalId: string;
  readonly roleArn: string;
}

interface Asking extends TestRun {
  readonly roleArn: string;
  readonly identity: Identity | undefined;
}

/**
 * STS does not tell a missing role from one that trusts others; IAM does, to whoever may ask, in the caller's own
 * account. Asked only where the answer matters.
 */
export async function circumstancesOf(
  { settings, context, signal, roleArn, identity }: Asking,
  problem: SluiceError | undefined,
): Promise<Circumstances> {
  const nothing = {
    ...{ role: undefined, movedTo: undefined, roleArn },
    ...{ callers: callersOf(identity), externalId: context.externalId },
  };
  const { access } = settings;
  const deniedElsewhere = problem !== undefined && !isAboutTrust(problem);
  if (access.type !== 'role' || identity === undefined || deniedElsewhere) return nothing;
  if (parseArn(roleArn)?.account !== identity.accountId) return nothing;
  const credentials = await signerCredentials(access.signer, context)();
  const role = await lookUpRole(
    { name: roleNameOf(roleArn), credentials, place: settings, signer: access.signer },
    signal,
  );
  const moved = typeof role === 'object' && role.arn !== roleArn ? role.arn : undefined;
  return { ...nothing, role, movedTo: moved };
}

const isAboutTrust = (problem: SluiceError): boolean => {
  const { by } = parseDenial(problem.message);
  return (
    problem.code === 'ASSUME_ROLE_DENIED' &&
    (by === undefined || by === 'role trust policy' || by === 'resource-based policy')
  );
};

function callersOf(identity: Identity | undefined): string[] {
  if (identity === undefined) return [];
  const { arn, accountId, partition, principal } = identity;
  const root = `arn:${partition}:iam::${accountId}:root`;
  return [...new Set([arn, ...(principal === null ? [] : [principal.aws]), accountId, root])];
}

/** In plain words; undefined where nothing is known to be wrong. */
export function whyDenied({
  role,
  movedTo,
  roleArn,
  callers,
  externalId,
}: Circumstances): string | undefined {
  if (role === 'missing')
    return `there is no role named ${roleNameOf(roleArn)} in the account ${parseArn(roleArn)?.account}`;
  if (movedTo !== undefined) return `the role of that name is ${movedTo}`;
  return role === undefined ? undefined : whyClosed({ trust: role.trust, callers, externalId });
}

/** Why somebody is let in without the external ID, in plain words; undefined where nobody tells. */
export const whyOpen = ({ role, callers, externalId }: Circumstances): string | undefined =>
  typeof role === 'object' ? trustLetsAnyoneIn({ trust: role.trust, callers, externalId }) : undefined;
