/** Who is signed in. */
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { parseArn } from '../../shared/aws-names.ts';
import { SluiceError } from '../../shared/errors.ts';
import { identityName, principalOf } from '../../shared/iam-principal.ts';
import type { DestinationSettings, Identity, Signer } from '../../shared/model.ts';
import { classifyAwsError } from './aws-errors.ts';
import { type FoundBy, foundBy, inKeychain } from './found-by.ts';
import { lookUpRole } from './iam-role.ts';
import { currentProfile, readProfiles } from './profiles.ts';
import {
  type AccessContext,
  type Credentials,
  destinationSession,
  signerCredentials,
  stsClient,
  until,
} from './signing.ts';

/** The identity of a signer, asked of AWS itself. Needs no permission. */
export async function whoAmI(
  signer: Signer,
  context: Pick<AccessContext, 'sandbox'>,
  signal?: AbortSignal,
): Promise<Identity> {
  const region = await configuredRegion(signer);
  const credentials = await signerCredentials(signer, context)();
  const found = await foundBy(signer, credentials);
  return (await signedIn({ credentials, place: { region }, found, signer }, signal)).identity;
}

/**
 * The region of the environment or the profile, as the SDK would take it; the SDK itself reads the files once only.
 * Where there is none, any region can tell who we are.
 */
export async function configuredRegion(signer: Signer): Promise<string> {
  const profiles = await readProfiles();
  const profile = signer.kind === 'profile' ? signer.profile : currentProfile(profiles);
  return process.env.AWS_REGION || profiles[profile ?? '']?.region || 'us-east-1';
}

export interface SignedIn {
  readonly identity: Identity;
  /** Milliseconds by which the clock of AWS is ahead of ours. */
  readonly clockOffset: number;
}

/** The identity that signs the first request for a destination, asked of the destination's own STS. */
export async function destinationIdentity(
  settings: DestinationSettings,
  context: AccessContext,
  signal?: AbortSignal,
): Promise<SignedIn> {
  const { access } = settings;
  if (access.type === 'keys') {
    const credentials = await destinationSession(settings, context).credentials();
    return await signedIn({ credentials, place: settings, found: inKeychain }, signal);
  }
  const { signer } = access;
  const credentials = await signerCredentials(signer, context)();
  const found = await foundBy(signer, credentials);
  return await signedIn({ credentials, place: settings, found, signer }, signal);
}

interface Question {
  readonly credentials: Credentials;
  readonly place: Pick<DestinationSettings, 'region' | 'stsEndpoint'>;
  readonly found: FoundBy;
  readonly signer?: Signer;
}

async function signedIn(question: Question, signal: AbortSignal | undefined): Promise<SignedIn> {
  const { clockOffset, ...caller } = await callerOf(question, signal);
  const { arn } = caller;
  const { partition = '', account = '' } = parseArn(arn) ?? {};
  const named = identityName(arn);
  if (named === undefined) {
    throw new SluiceError('DESTINATION_FAILED', `STS answered with an identity that is no ARN: ${arn}`);
  }
  // A session does not tell the path of its role.
  const role =
    named.kind === 'role' ? await lookUpRole({ ...question, name: named.name }, signal) : undefined;
  const whole = typeof role === 'object' ? role.arn : arn;
  const identity: Identity = {
    accountId: caller.accountId ?? account,
    arn,
    userId: caller.userId,
    partition,
    ...named,
    foundBy: question.found,
    ...principalFor(whole),
  };
  return { identity, clockOffset };
}

async function callerOf({ credentials, place, signer }: Question, signal: AbortSignal | undefined) {
  const client = stsClient(place, async () => credentials, signer);
  try {
    const {
      Arn = '',
      Account,
      UserId = '',
    } = await client.send(new GetCallerIdentityCommand({}), until(signal));
    return { arn: Arn, accountId: Account, userId: UserId, clockOffset: client.config.systemClockOffset };
  } catch (error) {
    throw classifyAwsError(error, { action: 'sts:GetCallerIdentity' });
  } finally {
    client.destroy();
  }
}

function principalFor(arn: string): Pick<Identity, 'principal' | 'problem'> {
  try {
    const { aws, arnLike } = principalOf(arn);
    return { principal: { aws, ...(arnLike === undefined ? {} : { arnLike: [...arnLike] }) } };
  } catch (error) {
    // The root user and federated sessions may ask who they are; only a role is out of their reach.
    if (error instanceof SluiceError) return { principal: null, problem: error.message };
    throw error;
  }
}
