/** What the program that runs the sandbox does in the account without asking the IAM API. */
import { SluiceError } from '../../shared/errors.ts';
import type { Account } from './identity/account.ts';
import { policyText } from './identity/policy-text.ts';
import type { User } from './identity/principals.ts';
import { storedPolicy } from './identity/stored-principals.ts';
import { MalformedPolicy } from './policy/document.ts';

export interface SandboxUser {
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface NewSandboxRole {
  readonly name: string;
  /** Begins and ends with a slash; `/` when absent. */
  readonly path?: string;
  /** Who may assume it; JSON text or an object. */
  readonly trustPolicy: string | object;
  /** What it may do; without it, nothing. */
  readonly permissionsPolicy?: string | object;
  /** The longest session in seconds, 3,600 (the default) to 43,200. */
  readonly maxSessionSeconds?: number;
}

/** The one user of the account at its start; may do everything in it. */
export function practiceUser(account: Account): SandboxUser {
  const user = account.addUser({ name: 'practice' });
  user.attached.add('arn:aws:iam::aws:policy/AdministratorAccess');
  return keysOf(user, account);
}

export function keysOf(user: User, account: Account): SandboxUser {
  const key = account.addKey(user);
  return { arn: user.arn, accessKeyId: key.id, secretAccessKey: key.secret };
}

export function putRole(account: Account, role: NewSandboxRole): string {
  const { name, maxSessionSeconds = 3600 } = role;
  if (!/^[\w+=,.@-]{1,64}$/.test(name))
    throw new SluiceError('INPUT_INVALID', `"${name}" is not a role name`);
  if (!Number.isInteger(maxSessionSeconds) || maxSessionSeconds < 3600 || maxSessionSeconds > 43_200) {
    throw new SluiceError('INPUT_INVALID', 'The longest session of a role is 3600 to 43200 seconds');
  }
  const { permissionsPolicy } = role;
  const trust = understood('trust policy', () => storedPolicy(json(role.trustPolicy), 'trust', account));
  const permissions =
    permissionsPolicy === undefined
      ? undefined
      : understood('permissions policy', () => policyText(json(permissionsPolicy), 'identity'));
  const made = account.roles.get(name) ?? account.addRole({ name, path: role.path, trust });
  made.trust = trust;
  made.maxSessionSeconds = maxSessionSeconds;
  made.inline.clear();
  if (permissions !== undefined) made.inline.set('permissions', permissions);
  return made.arn;
}

const json = (policy: string | object): string =>
  typeof policy === 'string' ? policy : JSON.stringify(policy);

function understood<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof MalformedPolicy)) throw cause;
    throw new SluiceError('INPUT_INVALID', `The ${what} is wrong: ${cause.message}`, { cause });
  }
}

/** @throws SluiceError INPUT_INVALID when the policy is none */
export const addKmsKey = (account: Account, region: string, policy: string | object | undefined): string =>
  understood('key policy', () => account.addKmsKey(region, policy === undefined ? undefined : json(policy)))
    .arn;

/** @throws SluiceError NOT_FOUND */
export function disableKmsKey({ kmsKeys }: Account, arn: string): void {
  const key = kmsKeys.get(arn);
  if (key === undefined) throw new SluiceError('NOT_FOUND', `There is no KMS key ${arn}`);
  key.enabled = false;
}
