/** What IAM tells about a role, where it may be asked: few identities may, and any refusal is no news. */
import { SluiceError } from '../../shared/errors.ts';
import type { DestinationSettings, Signer } from '../../shared/model.ts';
import { type Credentials, clientDefaults, until } from './signing.ts';

export interface KnownRole {
  /** With its path. */
  readonly arn: string;
  /** Its trust policy, as JSON stands for it. */
  readonly trust: unknown;
}

export interface RoleQuestion {
  /** Without its path. */
  readonly name: string;
  readonly credentials: Credentials;
  readonly place: Pick<DestinationSettings, 'region' | 'stsEndpoint'>;
  readonly signer?: Signer | undefined;
}

/**
 * A role of the account that the credentials belong to; `missing` when there is none; undefined when nobody tells.
 * @throws SluiceError CANCELLED
 */
export async function lookUpRole(
  { name, credentials, place: { region, stsEndpoint }, signer }: RoleQuestion,
  signal?: AbortSignal,
): Promise<KnownRole | 'missing' | undefined> {
  // Most commands never ask.
  const { GetRoleCommand, IAMClient } = await import('@aws-sdk/client-iam');
  const client = new IAMClient({
    ...clientDefaults(signer),
    maxAttempts: 1,
    region,
    credentials,
    ...(stsEndpoint === undefined ? {} : { endpoint: stsEndpoint }),
  });
  try {
    const { Role } = await client.send(new GetRoleCommand({ RoleName: name }), until(signal));
    const text = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    return Role?.Arn === undefined ? undefined : { arn: Role.Arn, trust: JSON.parse(text || 'null') };
  } catch (error) {
    if (signal?.aborted === true)
      throw new SluiceError('CANCELLED', 'The request was cancelled', { cause: error });
    return /^NoSuchEntity/.test((error as Error).name) ? 'missing' : undefined;
  } finally {
    client.destroy();
  }
}
