/** How the credentials of an identity were found, told by what the SDK says about them and by the profile's settings. */
import type { CredentialWay, Identity, Signer } from '../../shared/model.ts';
import { currentProfile, readProfiles, wayOf, wordsOf } from './profiles.ts';
import type { Credentials } from './signing.ts';

export type FoundBy = Identity['foundBy'];

/** What the SDK's default chain notes on credentials that no profile led to. */
const features: readonly (readonly [feature: string, way: CredentialWay, words: string])[] = [
  [
    'CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN',
    'web-identity',
    'a token of another identity provider, named by the environment variable AWS_WEB_IDENTITY_TOKEN_FILE',
  ],
  [
    'CREDENTIALS_ENV_VARS',
    'environment',
    'the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  ],
  ['CREDENTIALS_HTTP', 'container', 'the role of the container that Sluice runs in'],
  ['CREDENTIALS_IMDS', 'instance', 'the role of the EC2 instance that Sluice runs on'],
];

/** For credentials that `signer` led to. */
export async function foundBy(signer: Signer, credentials: Credentials): Promise<FoundBy> {
  return { ...(await wayFound(signer, credentials)), ...expiryOf(credentials) };
}

async function wayFound(signer: Signer, credentials: Credentials): Promise<FoundBy> {
  if (signer.kind === 'sandbox') return { way: 'sandbox', words: 'practice mode' };
  const noted: object = (credentials as { $source?: object }).$source ?? {};
  const profiles = await readProfiles();
  const profile = signer.kind === 'profile' ? signer.profile : (currentProfile(profiles) ?? 'default');
  const ofChain = features.find(([feature]) => feature in noted);
  // A profile may hand on what the environment holds; then it is the profile that was chosen.
  const byProfile = signer.kind === 'profile' || (process.env.AWS_PROFILE ?? '') !== '';
  if (ofChain !== undefined && !byProfile) return { way: ofChain[1], words: ofChain[2] };
  return { way: wayOf(profiles[profile] ?? {}), profile, words: wordsOf(profile, profiles) };
}

/** Access keys of a destination. */
export const inKeychain: FoundBy = { way: 'keychain', words: 'access keys in the keychain of this computer' };

const expiryOf = ({ expiration }: Credentials): Pick<FoundBy, 'expiresAt'> =>
  expiration === undefined ? {} : { expiresAt: expiration.toISOString() };
