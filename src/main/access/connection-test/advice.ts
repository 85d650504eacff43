/** What to do about what a check met: the plain next step, the setting that is wrong, and what to paste. */
import { partitionOf } from '../../../shared/regions.ts';
import type { SluiceError } from '../../../shared/errors.ts';
import { type BucketAction, kmsActions, printPolicy, statementFor } from '../../../shared/iam.ts';
import type { Check, DestinationSettings, Identity, Remedy } from '../../../shared/model.ts';
import { isGuardRail, parseDenial } from '../denial.ts';
import { addStatement, requestFor, showBucketPolicy, signInCommand } from './commands.ts';

type Advice = Partial<Check>;

/** For what any request may meet. */
export function adviceFor(problem: SluiceError, { access, endpoint }: DestinationSettings): Advice {
  const { signIn, bucketRegion, profile } = problem.details;
  switch (problem.code) {
    case 'NOT_SIGNED_IN':
    case 'SESSION_EXPIRED':
      return {
        ...(typeof profile === 'string' ? { field: 'profile' } : {}),
        ...(typeof signIn === 'string' ? { remedies: [signInCommand(signIn)] } : {}),
      };
    case 'CREDENTIALS_INVALID':
      return { field: access.type === 'keys' ? 'accessKeyId' : 'profile' };
    case 'SECRET_KEY_WRONG':
      return { field: access.type === 'keys' ? 'secretAccessKey' : 'profile' };
    case 'INPUT_INVALID':
      return problem.details.action === 'sts:AssumeRole' ? { field: 'roleArn' } : {};
    case 'BUCKET_NOT_FOUND':
      return {
        field: 'bucket',
        fix: 'Correct the name, or create the bucket; a bucket of another partition does not exist here.',
      };
    case 'BUCKET_WRONG_REGION':
      return { field: 'region', ...(typeof bucketRegion === 'string' ? { region: bucketRegion } : {}) };
    case 'DESTINATION_UNREACHABLE':
    case 'CERTIFICATE_UNTRUSTED':
      return endpoint === undefined ? {} : { field: 'endpoint' };
    default:
      return {};
  }
}

export interface RightTested {
  readonly action: BucketAction;
  readonly settings: DestinationSettings;
  readonly identity: Identity | undefined;
}

/** For a right in the bucket that an attempt did not have. */
export function adviceForRight(problem: SluiceError, right: RightTested): Advice {
  const { settings, identity } = right;
  if (problem.code === 'KMS_DENIED') return keyAdvice(problem, right);
  if (problem.code !== 'ACCESS_DENIED') return adviceFor(problem, settings);
  const denial = parseDenial(problem.message);
  const who = settings.access.type === 'role' ? settings.access.roleArn : identity?.arn;
  if (isGuardRail(denial)) return { remedies: [requestFor(problem, who)] };
  if (denial.explicit) {
    const ofBucket = denial.by === 'resource-based policy';
    return { remedies: [...(ofBucket ? [showBucketPolicy(settings.bucket)] : []), requestFor(problem, who)] };
  }
  return missingRight(right, denial.by === undefined);
}

/** @param bare AWS gave no reason, so there may be others */
function missingRight({ action, settings, identity }: RightTested, bare: boolean): Advice {
  const statement = statementFor(action, {
    ...{ bucket: settings.bucket, pathPrefix: settings.pathPrefix, scope: 'prefix' },
    partition: partitionOfSettings(settings),
  });
  const name = `sluice-${action.replace('s3:', '').toLowerCase()}`;
  const command = addStatement(settings.access, identity, { name, statement });
  return {
    fix: `Add this statement to the permissions policy of ${whose(settings)}.${bare ? doubt(action) : ''}`,
    statement: printPolicy(statement),
    ...(command === undefined ? {} : { remedies: [command] }),
  };
}

/** Where AWS says no more than "Access Denied", the statement is the likeliest cause and not the only one. */
function doubt(action: BucketAction): string {
  const it = ' If it is there already,';
  if (action === 's3:ListBucket') return `${it} check that the bucket is in the account that you mean.`;
  if (action === 's3:PutObject' || action === 's3:GetObject')
    return `${it} the bucket policy may deny it, or the bucket's KMS key may not be used (kms:GenerateDataKey, kms:Decrypt).`;
  return `${it} the bucket policy may deny it.`;
}

/** The key must be allowed at both ends: where the right is used, and in the key's own policy. */
function keyAdvice(problem: SluiceError, { settings, identity }: RightTested): Advice {
  const denial = parseDenial(problem.message);
  const principal = settings.access.type === 'role' ? settings.access.roleArn : identity?.arn;
  if (isGuardRail(denial) || denial.explicit) return { remedies: [requestFor(problem, principal)] };
  const key = denial.resource ?? `arn:${partitionOfSettings(settings)}:kms:${settings.region}:*:key/*`;
  const actions = [...kmsActions];
  const statement = { Effect: 'Allow', Action: actions, Resource: key };
  const inKeyPolicy = { Effect: 'Allow', Principal: { AWS: principal }, Action: actions, Resource: '*' };
  const command = addStatement(settings.access, identity, { name: 'sluice-kms-key', statement });
  const remedies: readonly (Remedy | undefined)[] = [
    command,
    principal === undefined
      ? undefined
      : {
          kind: 'statement',
          label: 'Add this statement to the key policy of the KMS key, too',
          text: printPolicy(inKeyPolicy),
        },
  ];
  return {
    fix: `Add this statement to the permissions policy of ${whose(settings)}, and the other one to the policy of the key.`,
    statement: printPolicy(statement),
    remedies: remedies.filter((remedy) => remedy !== undefined),
  };
}

const whose = ({ access }: DestinationSettings): string =>
  access.type === 'role' ? 'the role' : 'the IAM user';

const partitionOfSettings = ({ access, region }: DestinationSettings): string =>
  partitionOf(access.type === 'role' ? access.roleArn : undefined, region);
