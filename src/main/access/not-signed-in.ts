/** Why no credentials were found, and the exact way to have some. */
import { SluiceError } from '../../shared/errors.ts';
import type { Signer } from '../../shared/model.ts';
import { classifyAwsError } from './aws-errors.ts';
import { currentProfile, type Profiles, readProfiles, signInCommand, wayOf } from './profiles.ts';

/** Profiles named in an answer; the rest can be looked up. */
const named = 8;

/**
 * The error for a provider of credentials that failed.
 * @returns NOT_SIGNED_IN with the command to run where a sign-in helps (details: profile, signIn); what the request of
 *   the provider itself met (proxy, certificate, denied role) as it is
 */
export async function notSignedIn(signer: Signer, cause: unknown): Promise<SluiceError> {
  if (cause instanceof SluiceError) return cause;
  const underneath = classifyAwsError(cause, { action: 'sts:GetCallerIdentity' });
  if (!couldMeanNobody.has(underneath.code)) return underneath;
  const profiles = await readProfiles();
  const profile =
    signer.kind === 'profile' ? signer.profile : (process.env.AWS_PROFILE ?? currentProfile(profiles));
  if (profile !== undefined && !(profile in profiles)) return unknownProfile(profile, profiles, cause);
  const signIn = profile === undefined ? undefined : signInCommand(profile, profiles);
  if (profile === undefined) return nothingFound(profiles, cause);
  const details = { profile, ...(signIn === undefined ? {} : { signIn }) };
  if (signIn !== undefined) {
    const message = `The sign-in of the profile "${profile}" is missing or has expired`;
    return new SluiceError('NOT_SIGNED_IN', message, {
      cause,
      details,
      fix: `Run "${signIn}", then try again.`,
    });
  }
  const message = `The profile "${profile}" gives no usable credentials: ${reasonOf(cause)}`;
  const fix = adviceFor[wayOf(profiles[profile] ?? {})] ?? `Check the profile "${profile}" in ~/.aws/config.`;
  return new SluiceError('NOT_SIGNED_IN', message, { cause, details, fix });
}

/** Codes that say no more than that the chain found nothing. */
const couldMeanNobody: ReadonlySet<string> = new Set([
  'NOT_SIGNED_IN',
  'SESSION_EXPIRED',
  'DESTINATION_FAILED',
]);

const adviceFor: Readonly<Record<string, string>> = {
  process:
    'Run the program that credential_process names in a terminal, mend what it complains about, then try again.',
  'assumed-role': 'Check role_arn and source_profile of the profile in ~/.aws/config, then try again.',
  unknown: 'Give the profile credentials with "aws configure" or "aws configure sso", then try again.',
};

function unknownProfile(profile: string, profiles: Profiles, cause: unknown): SluiceError {
  const names = Object.keys(profiles);
  const message = `There is no AWS profile "${profile}" on this computer`;
  const fix =
    names.length === 0
      ? `Make it with "aws configure sso --profile ${profile}" or "aws configure --profile ${profile}".`
      : `Use one of the profiles that there are: ${listed(names)}.`;
  return new SluiceError('NOT_SIGNED_IN', message, { cause, fix, details: { profile, profiles: names } });
}

function nothingFound(profiles: Profiles, cause: unknown): SluiceError {
  const names = Object.keys(profiles);
  const message = 'No AWS credentials were found: no profile named default, no keys in the environment';
  const fix =
    names.length === 0
      ? 'Sign in with "aws configure sso" and "aws sso login", or run "aws configure", or use access keys.'
      : `Name a profile with --profile: ${listed(names)}.`;
  return new SluiceError('NOT_SIGNED_IN', message, { cause, fix, details: { profiles: names } });
}

const listed = (names: readonly string[]): string =>
  names.length <= named
    ? names.join(', ')
    : `${names.slice(0, named).join(', ')} and ${names.length - named} more`;

function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  // A program may print what it likes, secrets too; the SDK puts its command line and output into the message.
  if (/^Command failed|Could not load credentials from any/.test(text)) return 'what it names gave none';
  return text.replace(/\.$/, '');
}
