/** Who is signed in. */
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { parseArn } from '../../shared/aws-names.ts';
import { SluiceError } from '../../shared/errors.ts';
import { identityName, principalOf } from '../../shared/iam-principal.ts';
import type { DestinationSettings, Identity, Signer } from '../../shared/model.ts';
import { classifyAwsError } from './aws-errors.ts';
import { type FoundBy, foundBy, inKeychain } from './found-by.ts';
import {
  type AccessContext,
  type Credentials,
  clientDefaults,
  destinationCredentials,
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
  return await identityOf(credentials, { region }, await foundBy(signer, credentials), signal);
}

/** The region of the environment or the profile. Where there is none, any region can tell who we are. */
export async function configuredRegion(signer: Signer): Promise<string> {
  const client = new STSClient(signer.kind === 'profile' ? { profile: signer.profile } : {});
  try {
    return await client.config.region();
  } catch {
    return 'us-east-1';
  } finally {
    client.destroy();
  }
}

/** The identity that signs the first request for a destination, asked of the destination's own STS. */
export async function destinationIdentity(
  settings: DestinationSettings,
  context: AccessContext,
  signal?: AbortSignal,
): Promise<Identity> {
  const { access } = settings;
  if (access.type === 'keys') {
    const credentials = await destinationCredentials(settings, context)();
    return await identityOf(credentials, settings, inKeychain, signal);
  }
  const credentials = await signerCredentials(access.signer, context)();
  return await identityOf(credentials, settings, await foundBy(access.signer, credentials), signal);
}

type Place = Pick<DestinationSettings, 'region' | 'stsEndpoint'>;

async function identityOf(
  credentials: Credentials,
  place: Place,
  found: FoundBy,
  signal: AbortSignal | undefined,
): Promise<Identity> {
  const { arn, accountId, userId } = await callerOf(credentials, place, signal);
  const { partition = '', account = '' } = parseArn(arn) ?? {};
  const named = identityName(arn);
  if (named === undefined) {
    throw new SluiceError('DESTINATION_FAILED', `STS answered with an identity that is no ARN: ${arn}`);
  }
  const whole = named.kind === 'role' ? await roleArnOf(named.name, credentials, place, signal) : undefined;
  return {
    accountId: accountId ?? account,
    arn,
    userId,
    partition,
    ...named,
    foundBy: found,
    ...principalFor(whole ?? arn),
  };
}

async function callerOf(credentials: Credentials, place: Place, signal: AbortSignal | undefined) {
  const client = stsClient(place, async () => credentials);
  try {
    const answer = await client.send(new GetCallerIdentityCommand({}), until(signal));
    return { arn: answer.Arn ?? '', accountId: answer.Account, userId: answer.UserId ?? '' };
  } catch (error) {
    throw classifyAwsError(error, { action: 'sts:GetCallerIdentity' });
  } finally {
    client.destroy();
  }
}

/**
 * The ARN of a role whose session we hold, with the path that the session does not tell. Few may ask for it, so any
 * refusal is no news: the trust policy then names the role on any path.
 */
async function roleArnOf(
  name: string,
  credentials: Credentials,
  { region, stsEndpoint }: Place,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const client = new IAMClient({
    ...clientDefaults,
    maxAttempts: 1,
    region,
    credentials,
    ...(stsEndpoint === undefined ? {} : { endpoint: stsEndpoint }),
  });
  try {
    const answer = await client.send(new GetRoleCommand({ RoleName: name }), until(signal));
    return answer.Role?.Arn;
  } catch {
    signal?.throwIfAborted();
    return undefined;
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
