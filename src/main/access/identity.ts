/** Who is signed in. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { parseArn } from '../../shared/aws-names.ts';
import { SluiceError } from '../../shared/errors.ts';
import { principalOf } from '../../shared/iam-principal.ts';
import type { DestinationSettings, Identity, Signer } from '../../shared/model.ts';
import { classifyAwsError } from './aws-errors.ts';
import { type AccessContext, type Credentials, signerCredentials, stsClient, until } from './signing.ts';

/** The identity of a signer, asked of AWS itself. Needs no permission. */
export async function whoAmI(signer: Signer, context: Pick<AccessContext, 'sandbox'>): Promise<Identity> {
  const region = await configuredRegion(signer);
  return await identityOf(stsClient({ region }, signerCredentials(signer, context)));
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

/** The identity that signs for a destination, asked of the destination's own STS. */
export async function destinationIdentity(
  settings: DestinationSettings,
  credentials: () => Promise<Credentials>,
  signal?: AbortSignal,
): Promise<Identity> {
  return await identityOf(stsClient(settings, credentials), signal);
}

async function identityOf(client: STSClient, signal?: AbortSignal): Promise<Identity> {
  try {
    const answer = await client.send(new GetCallerIdentityCommand({}), until(signal));
    const arn = parseArn(answer.Arn ?? '');
    if (arn === undefined || answer.Arn === undefined) {
      throw new SluiceError(
        'DESTINATION_FAILED',
        `STS answered with an identity that is no ARN: ${answer.Arn}`,
      );
    }
    return {
      accountId: answer.Account ?? arn.account,
      arn: answer.Arn,
      userId: answer.UserId ?? '',
      partition: arn.partition,
      ...principalFor(answer.Arn),
    };
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
