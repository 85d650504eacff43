/** Whose credentials sign a request. Secrets are fetched when needed and handed to the SDK, nowhere else. */
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { SluiceError } from '../../shared/errors.ts';
import type { DestinationSettings, Signer } from '../../shared/model.ts';
import { classifyAwsError } from './aws-errors.ts';
import { httpHandler } from './http.ts';
import { notSignedIn } from './not-signed-in.ts';
import { keepFresh, type Session } from './session.ts';

/** What the access code needs from outside; the core fills it in. */
export interface AccessContext {
  /** This installation's external ID, for AssumeRole. */
  readonly externalId: string;
  /** The embedded sandbox, where one runs in this process. */
  readonly sandbox?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Fetches the secret access key of the destination from the keychain. */
  readonly secretAccessKey: () => Promise<string>;
}

type CredentialsProvider = Extract<NonNullable<S3ClientConfig['credentials']>, (...args: never[]) => unknown>;
export type Credentials = Awaited<ReturnType<CredentialsProvider>>;

/** Seconds that an assumed role lasts; the most that a caller who is a role itself may ask for. */
const sessionSeconds = 3600;

/** Options that every client of ours shares. */
export const clientDefaults = (signer?: Signer) => ({
  maxAttempts: 4,
  customUserAgent: 'sluice',
  requestHandler: httpHandler(signer),
});

/** Request options that carry an abort signal, where there is one. */
export const until = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal };

/** Credentials of the identity that signs the first request. The SDK caches what it returns until it expires. */
export function signerCredentials(
  signer: Signer,
  context: Pick<AccessContext, 'sandbox'>,
): () => Promise<Credentials> {
  if (signer.kind === 'sandbox') {
    return async () => {
      if (context.sandbox !== undefined) return context.sandbox;
      throw new SluiceError(
        'NOT_SIGNED_IN',
        'This destination belongs to the practice sandbox, which is not running',
        { fix: 'Run "sluice demo" again, or make a destination for your own bucket.' },
      );
    };
  }
  const chain = fromNodeProviderChain({
    ...(signer.kind === 'profile' ? { profile: signer.profile } : {}),
    // Somebody may have signed in since in another window.
    ignoreCache: true,
    // Of the clients that sign in for a profile; a region here would override the one of the SSO session.
    clientConfig: { requestHandler: httpHandler(signer) },
    // On a laptop the instance metadata address does not answer: one short try, no retries.
    timeout: 1000,
    maxRetries: 0,
    logger: silent,
  });
  return async () => {
    try {
      return await chain();
    } catch (error) {
      throw await notSignedIn(signer, error);
    }
  };
}

/** The SDK would write its advice to the terminal, in the middle of ours. */
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** The session that reaches the bucket: the assumed role's, or the access keys, which never end. */
export function destinationSession(settings: DestinationSettings, context: AccessContext): Session {
  const { access } = settings;
  if (access.type === 'role') {
    return keepFresh(() => assumeRole(settings, context, { externalId: context.externalId }));
  }
  return keepFresh(async () => ({
    accessKeyId: access.accessKeyId,
    secretAccessKey: await context.secretAccessKey(),
  }));
}

/**
 * A session as the SDK takes it. Without an end in the past it would keep the credentials and ask again by its own
 * rules; the session knows better when it has to be replaced.
 */
export const askedEveryTime = (session: Session) => async (): Promise<Credentials> => ({
  ...(await session.credentials()),
  expiration: new Date(0),
});

/**
 * Temporary credentials of the destination's role. `externalId` undefined asks without one, as the
 * connection test does to prove that this is refused.
 * @throws SluiceError ASSUME_ROLE_DENIED and everything that signing can raise
 */
export async function assumeRole(
  settings: DestinationSettings,
  context: Pick<AccessContext, 'sandbox'>,
  probe: { readonly externalId: string | undefined; readonly signal?: AbortSignal },
): Promise<Credentials> {
  const { access } = settings;
  if (access.type !== 'role')
    throw new SluiceError('INPUT_INVALID', 'This destination uses access keys, not a role');
  const client = stsClient(settings, signerCredentials(access.signer, context), access.signer);
  try {
    const answer = await client.send(
      new AssumeRoleCommand({
        RoleArn: access.roleArn,
        RoleSessionName: 'sluice',
        DurationSeconds: sessionSeconds,
        ...(probe.externalId === undefined ? {} : { ExternalId: probe.externalId }),
      }),
      until(probe.signal),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined) {
      throw new SluiceError('DESTINATION_FAILED', 'STS answered AssumeRole without credentials');
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
      ...(Expiration === undefined ? {} : { expiration: Expiration }),
    };
  } catch (error) {
    throw classifyAwsError(error, { action: 'sts:AssumeRole', roleArn: access.roleArn });
  } finally {
    client.destroy();
  }
}

/** An STS client for the destination's region and endpoints. */
export function stsClient(
  settings: Pick<DestinationSettings, 'region' | 'stsEndpoint'>,
  credentials: () => Promise<Credentials>,
  signer?: Signer,
): STSClient {
  return new STSClient({
    ...clientDefaults(signer),
    region: settings.region,
    credentials,
    ...(settings.stsEndpoint === undefined ? {} : { endpoint: settings.stsEndpoint }),
  });
}
