/** Who is signed in, and the trust policy that lets them assume the role. */
import { bucketNameProblem } from '../../shared/aws-names.ts';
import type { Outputs } from '../../shared/contract.ts';
import { SluiceError } from '../../shared/errors.ts';
import { type PolicyDocument, trustPolicy } from '../../shared/iam.ts';
import { namedPrincipal, type TrustedPrincipal } from '../../shared/iam-principal.ts';
import type { BucketRegion, Identity, Signer } from '../../shared/model.ts';
import { type BucketQuestion, bucketRegion } from '../access/bucket-region.ts';
import { whoAmI } from '../access/identity.ts';
import { currentProfile, describeProfiles, readProfiles } from '../access/profiles.ts';
import type { CoreContext } from './context.ts';

export const identify = (signer: Signer, signal?: AbortSignal): Promise<Identity> =>
  whoAmI(signer, {}, signal);

/** The AWS profiles of this computer; nobody is asked. */
export async function listProfiles(): Promise<Outputs['access']['profiles']> {
  const profiles = await readProfiles();
  return { profiles: describeProfiles(profiles), current: currentProfile(profiles) ?? null };
}

/** @throws SluiceError INPUT_INVALID for what cannot be a bucket's name, and what {@link bucketRegion} throws */
export async function findBucketRegion(question: BucketQuestion, signal: AbortSignal): Promise<BucketRegion> {
  const problem = bucketNameProblem(question.bucket);
  if (problem !== undefined) throw new SluiceError('INPUT_INVALID', problem);
  return await bucketRegion(question, {}, signal);
}

/** For `principal`, or else for whoever is signed in; with this installation's external ID unless another is given. */
export async function trustPolicyFor(
  core: CoreContext,
  input: {
    readonly signer: Signer;
    readonly principal?: string | undefined;
    readonly externalId?: string | undefined;
  },
): Promise<PolicyDocument> {
  const principal =
    input.principal === undefined ? await ownPrincipal(input.signer) : namedPrincipal(input.principal);
  return trustPolicy({ principal, externalId: input.externalId ?? core.settings.read().externalId });
}

async function ownPrincipal(signer: Signer): Promise<TrustedPrincipal> {
  const { principal, problem } = await identify(signer);
  if (principal === null) {
    throw new SluiceError('INPUT_INVALID', problem ?? 'This identity cannot assume a role', {
      fix: 'Sign in as an IAM user or with a role, or name the identity with --principal.',
    });
  }
  const { aws, arnLike } = principal;
  return arnLike === undefined ? { aws } : { aws, arnLike };
}
