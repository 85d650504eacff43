/** The AWS profiles of this computer, and by what way each one leads to credentials. Reads files, asks nobody. */
import { loadSharedConfigFiles } from '@smithy/core/config';
import type { AwsProfile, CredentialWay } from '../../shared/model.ts';

/** The settings of one profile as they stand in the files. They may hold secrets: nothing here passes them on. */
export type ProfileSettings = Readonly<Record<string, string | undefined>>;
export type Profiles = Readonly<Record<string, ProfileSettings>>;

/**
 * All profiles by name, `~/.aws/config` and `~/.aws/credentials` together, read anew: somebody may have run
 * `aws configure` since. None where there are no such files.
 */
export async function readProfiles(): Promise<Profiles> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const names = [...new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)])];
  return Object.fromEntries(
    names
      // Sections of other kinds stand among the profiles, with their kind before the name.
      .filter((name) => name in credentialsFile || !/^(sso-session|services)\./.test(name))
      .map((name) => [name, { ...configFile[name], ...credentialsFile[name] }]),
  );
}

/** The profile that signs where nobody names one; undefined when there is none. */
export function currentProfile(profiles: Profiles): string | undefined {
  const name = process.env.AWS_PROFILE || 'default';
  return name in profiles ? name : undefined;
}

/** Every profile as it may be shown, by name. */
export function describeProfiles(profiles: Profiles): AwsProfile[] {
  return Object.keys(profiles)
    .sort((a, b) => a.localeCompare(b))
    .map((name) => describeProfile(name, profiles));
}

function describeProfile(name: string, profiles: Profiles): AwsProfile {
  const settings = profiles[name] ?? {};
  const { region, sso_account_id: ssoAccount } = settings;
  const role = settings.role_arn ?? settings.sso_role_name;
  const accountId = ssoAccount ?? /^arn:[\w-]+:iam::(\d{12}):/.exec(settings.role_arn ?? '')?.[1];
  const signIn = signInCommand(name, profiles);
  return {
    name,
    way: wayOf(settings),
    words: wordsOf(name, profiles),
    ...(region === undefined ? {} : { region }),
    ...(role === undefined ? {} : { role }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(signIn === undefined ? {} : { signIn }),
  };
}

/** By the settings that it has, in the order in which the SDK looks at them. */
export function wayOf(settings: ProfileSettings): CredentialWay {
  const has = (...names: string[]): boolean => names.every((name) => settings[name] !== undefined);
  if (has('role_arn', 'source_profile') || has('role_arn', 'credential_source')) return 'assumed-role';
  if (has('aws_access_key_id', 'aws_secret_access_key')) return 'profile';
  if (has('web_identity_token_file', 'role_arn')) return 'web-identity';
  if (has('credential_process')) return 'process';
  if (has('sso_session') || has('sso_start_url') || has('sso_account_id')) return 'sso';
  return has('login_session') ? 'login' : 'unknown';
}

/** How the credentials of a profile are had, e.g. `the profile "work", signed in through IAM Identity Center`. */
export function wordsOf(name: string, profiles: Profiles): string {
  return chainOf(name, profiles).reduceRight(
    (rest, { name, settings }) => `the profile "${name}"${endingOf(settings, rest)}`,
    'itself',
  );
}

/** @param rest how the credentials are had that a role is assumed with */
function endingOf(settings: ProfileSettings, rest: string): string {
  const { role_arn: role, source_profile: source } = settings;
  switch (wayOf(settings)) {
    case 'assumed-role':
      return `, which assumes ${role} with ${source === undefined ? sourceWords(settings) : rest}`;
    case 'profile':
      return ' (access keys)';
    case 'web-identity':
      return `, which assumes ${role} with a token of another identity provider`;
    case 'process':
      return ', which asks another program (credential_process)';
    case 'sso':
      return ', signed in through IAM Identity Center';
    case 'login':
      return ', signed in with "aws login"';
    default:
      return ', which leads to no credentials';
  }
}

const sources: Readonly<Record<string, string>> = {
  Environment: 'the keys of the environment',
  EcsContainer: 'the role of the container',
  Ec2InstanceMetadata: 'the role of the EC2 instance',
};

const sourceWords = ({ credential_source: source = '' }: ProfileSettings): string =>
  sources[source] ?? source;

interface Link {
  readonly name: string;
  readonly settings: ProfileSettings;
}

/** The profile and those whose credentials it uses, the last one without a source; a circle ends where it closes. */
function chainOf(name: string, profiles: Profiles): Link[] {
  const chain: Link[] = [];
  for (let next: string | undefined = name; next !== undefined; ) {
    const settings: ProfileSettings = profiles[next] ?? {};
    chain.push({ name: next, settings });
    const source: string | undefined =
      wayOf(settings) === 'assumed-role' ? settings.source_profile : undefined;
    next = chain.some((link) => link.name === source) ? undefined : source;
  }
  return chain;
}

/**
 * The command that signs in for a profile, also where it borrows the credentials of another one; undefined where no
 * sign-in is needed.
 */
export function signInCommand(name: string, profiles: Profiles): string | undefined {
  const last = chainOf(name, profiles).at(-1);
  const command = { sso: 'aws sso login', login: 'aws login' }[String(wayOf(last?.settings ?? {}))];
  return command === undefined || last === undefined
    ? undefined
    : `${command} --profile ${shellWord(last.name)}`;
}

/** As bash, PowerShell and cmd take it. */
const shellWord = (word: string): string => (/^[\w.@+%:/-]+$/.test(word) ? word : `"${word}"`);
