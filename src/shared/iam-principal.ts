/** Who a trust policy must name so that a given identity can assume the role. */
import { parseArn, parseIamResource } from './aws-names.ts';
import { SluiceError } from './errors.ts';

export interface TrustedPrincipal {
  /** Goes into `Principal.AWS`. */
  readonly aws: string;
  /**
   * Patterns for `ArnLike aws:PrincipalArn`. With them `aws` is the account (`:root`), and only identities that
   * match are let in.
   */
  readonly arnLike?: readonly string[];
}

/**
 * The principal for an identity, from the ARN that GetCallerIdentity gives, or the ARN of a user or role.
 *
 * A user or a role stands for itself. A session of a role does not tell the role's path, so the account is
 * trusted, narrowed to roles of that name on any path; whoever may call iam:GetRole can pass the role's own ARN
 * instead. A role of IAM Identity Center changes the end of its name when its permission set is assigned again,
 * so the end is left open.
 * @throws SluiceError INPUT_INVALID when the identity cannot assume a role, or `arn` is no identity
 */
export function principalOf(arn: string): TrustedPrincipal {
  const parsed = parseArn(arn);
  if (parsed === undefined) throw refuse(`${JSON.stringify(arn)} is not an ARN`);
  const { partition, service, account, resource } = parsed;
  const accountArn = `arn:${partition}:iam::${account}`;
  if (parseIamResource(parsed, 'user') !== undefined) return { aws: arn };
  const role = parseIamResource(parsed, 'role');
  if (role !== undefined) {
    const stable = role.path.startsWith('/aws-reserved/sso.amazonaws.com')
      ? ssoPattern(accountArn, role.name)
      : undefined;
    return stable ?? { aws: arn };
  }
  if (service === 'sts' && /^\d{12}$/.test(account)) {
    const name = /^assumed-role\/([\w+=,.@-]{1,64})\/[\w+=,.@-]+$/.exec(resource)?.[1];
    if (name !== undefined) {
      const anyPath = [`${accountArn}:role/${name}`, `${accountArn}:role/*/${name}`];
      return ssoPattern(accountArn, name) ?? { aws: `${accountArn}:root`, arnLike: anyPath };
    }
    if (resource.startsWith('federated-user/')) {
      throw refuse('A session from a federation token cannot assume a role; AWS does not allow it');
    }
  }
  if (service === 'iam' && resource === 'root') {
    throw refuse('The root user of an account cannot assume a role; AWS does not allow it');
  }
  throw refuse(`${arn} is not an IAM user, a role or a session of a role`);
}

/**
 * The principal that somebody names on purpose: as {@link principalOf}, and also a whole account
 * (`arn:aws:iam::123456789012:root`), which leaves it to that account who may assume the role.
 * @throws SluiceError INPUT_INVALID
 */
export function namedPrincipal(arn: string): TrustedPrincipal {
  return /^arn:aws(-[a-z]+)*:iam::\d{12}:root$/.test(arn) ? { aws: arn } : principalOf(arn);
}

export interface IdentityName {
  readonly kind: 'user' | 'role' | 'sso' | 'root' | 'federated';
  /** Of the user, the role or the permission set. */
  readonly name: string;
}

/** What an ARN of GetCallerIdentity stands for; undefined when it is none. */
export function identityName(arn: string): IdentityName | undefined {
  const [kind = '', second = '', ...more] = parseArn(arn)?.resource.split('/') ?? [];
  switch (kind) {
    case 'root':
      return { kind: 'root', name: 'root' };
    case 'user':
      return { kind: 'user', name: more.at(-1) ?? second };
    case 'federated-user':
      return { kind: 'federated', name: second };
    case 'assumed-role': {
      const set = permissionSetOf(second);
      return set === undefined ? { kind: 'role', name: second } : { kind: 'sso', name: set };
    }
    default:
      return undefined;
  }
}

/** `AWSReservedSSO_<permission set>_<16 hex>`: the hex part is new with each assignment. */
function ssoPattern(accountArn: string, role: string): TrustedPrincipal | undefined {
  const set = permissionSetOf(role);
  if (set === undefined) return undefined;
  const pattern = `${accountArn}:role/aws-reserved/sso.amazonaws.com*/AWSReservedSSO_${set}_${'?'.repeat(16)}`;
  return { aws: `${accountArn}:root`, arnLike: [pattern] };
}

const permissionSetOf = (role: string): string | undefined =>
  /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role)?.[1];

const refuse = (message: string): SluiceError =>
  new SluiceError('INPUT_INVALID', message, {
    fix: 'Sign in as an IAM user, through IAM Identity Center or with a role, or name the identity with --principal.',
  });
