/** What has to exist in AWS for a destination, worked out from its form as it stands. Pure. */
import { bucketNameProblem } from '../../../shared/aws-names.ts';
import { defaultNames, type SetupNames, type SetupPieces } from '../../../shared/documents/setup-pieces.ts';
import {
  type SetupPlace,
  type StepGroupId,
  type WrittenStep,
  writtenSteps,
} from '../../../shared/documents/written-steps.ts';
import { SluiceError } from '../../../shared/errors.ts';
import { type PolicyDocument, permissionsPolicy } from '../../../shared/iam.ts';
import { partitionOf } from '../../../shared/regions.ts';
import { type DestinationForm, kmsProblem } from './destination-form.ts';

export interface SetupPlan {
  readonly place: SetupPlace;
  readonly names: SetupNames;
  /** Undefined while the form holds something that cannot stand in a policy. */
  readonly policy: PolicyDocument | undefined;
}

export function setupPlan(form: DestinationForm): SetupPlan {
  const { accessType, pathPrefix, scope, withAbort, kmsKey } = form;
  const bucket = form.bucket.trim();
  const region = form.region.trim();
  const partition = partitionOf(accessType === 'role' ? form.roleArn.trim() : undefined, region);
  return {
    place: { bucket, region, partition },
    names: defaultNames(bucket),
    policy: valid(() =>
      permissionsPolicy({ bucket, pathPrefix, scope, partition, withAbort, kmsKey: kmsKey.trim() }),
    ),
  };
}

/** Why there is no permissions policy yet. */
export const policyMissing = (form: DestinationForm): string => {
  if (bucketNameProblem(form.bucket.trim()) !== undefined) return 'Enter the bucket to see the policy.';
  return kmsProblem(form) === undefined
    ? 'Correct the path prefix to see the policy.'
    : 'Correct the KMS key to see the policy.';
};

/** Everything that one script or one template makes; undefined while the policy cannot be written. */
export function piecesOf(
  { names, policy }: SetupPlan,
  holder: { readonly trust: PolicyDocument } | 'user' | undefined,
): SetupPieces | undefined {
  if (policy === undefined) return undefined;
  const pieces = { policy: { name: names.policy, document: policy } };
  if (holder === undefined) return pieces;
  return holder === 'user'
    ? { ...pieces, user: { name: names.user } }
    : { ...pieces, role: { name: names.role, document: holder.trust } };
}

/** What to do in the console for one part of it. @param trust the trust policy, as soon as it is known */
export function stepsFor(
  { place, names, policy }: SetupPlan,
  part: StepGroupId,
  trust?: PolicyDocument,
): readonly WrittenStep[] {
  const groups = writtenSteps(
    {
      policy: { name: names.policy, document: policy },
      role: { name: names.role, document: trust },
      user: { name: names.user },
    },
    place,
  );
  return groups.find(({ id }) => id === part)?.steps ?? [];
}

function valid(make: () => PolicyDocument): PolicyDocument | undefined {
  try {
    return make();
  } catch (error) {
    // The field of what is wrong says so.
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}
