/**
 * The account of the sandbox: users with their access keys, roles, policies, and the sessions that were handed out.
 * In memory only: what practice needs is made anew at every start.
 */
import type { Policy } from '../policy/document.ts';
import type { Caller, Credential } from './caller.ts';
import { secretKey, sessionToken, uniqueId } from './ids.ts';
import { administratorAccess, type PolicyText, policyText } from './policy-text.ts';

/** What users and roles have in common. */
export interface Principal {
  readonly kind: 'user' | 'role';
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly arn: string;
  /** `AIDA…` or `AROA…`; another one for each new principal, also under an old name. */
  readonly id: string;
  readonly created: Date;
  readonly inline: Map<string, PolicyText>;
  /** ARNs of managed policies, in the order in which they were attached. */
  readonly attached: Set<string>;
}

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly created: Date;
  active: boolean;
}

export interface User extends Principal {
  readonly kind: 'user';
  readonly keys: AccessKey[];
}

export interface Role extends Principal {
  readonly kind: 'role';
  description: string;
  trust: PolicyText;
  /** The longest session in seconds, 3,600 to 43,200. */
  maxSessionSeconds: number;
}

export interface ManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly description: string;
  readonly created: Date;
  /** Newest last. */
  readonly versions: { readonly id: string; readonly text: PolicyText; readonly created: Date }[];
  defaultVersion: string;
}

/** A key of AWS KMS, as far as S3 asks about one. */
export interface KmsKey {
  readonly arn: string;
  readonly policy: Policy;
  enabled: boolean;
}

export interface SessionCredential extends Credential {
  readonly session: { readonly token: string; readonly expiresAt: Date };
}

export interface NewPrincipal {
  readonly name: string;
  readonly path?: string | undefined;
}

export interface NewRole extends NewPrincipal {
  readonly trust: PolicyText;
  readonly description?: string | undefined;
  readonly maxSessionSeconds?: number | undefined;
}

export class Account {
  readonly id: string;
  readonly users = new Map<string, User>();
  readonly roles = new Map<string, Role>();
  /** By ARN. */
  readonly policies = new Map<string, ManagedPolicy>();
  /** By ARN. */
  readonly kmsKeys = new Map<string, KmsKey>();
  /** Sessions of roles, and users of other accounts. */
  private readonly others = new Map<string, Credential>();
  private readonly now: () => Date;

  constructor(id: string, now: () => Date) {
    this.id = id;
    this.now = now;
    const arn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const text = policyText(administratorAccess, 'identity');
    this.policies.set(arn, this.managedPolicy('AdministratorAccess', '/', arn, '', text));
  }

  addUser({ name, path = '/' }: NewPrincipal): User {
    const user: User = { kind: 'user', ...this.principal('user', 'AIDA', name, path), keys: [] };
    this.users.set(name, user);
    return user;
  }

  addRole({ name, path = '/', trust, description = '', maxSessionSeconds = 3600 }: NewRole): Role {
    const common = this.principal('role', 'AROA', name, path);
    const role: Role = { kind: 'role', ...common, trust, description, maxSessionSeconds };
    this.roles.set(name, role);
    return role;
  }

  private principal(type: string, idPrefix: string, name: string, path: string) {
    return {
      name,
      path,
      arn: `arn:aws:iam::${this.id}:${type}${path}${name}`,
      id: uniqueId(idPrefix),
      created: this.now(),
      inline: new Map<string, PolicyText>(),
      attached: new Set<string>(),
    };
  }

  addPolicy(name: string, path: string, description: string, text: PolicyText): ManagedPolicy {
    const arn = `arn:aws:iam::${this.id}:policy${path}${name}`;
    const policy = this.managedPolicy(name, path, arn, description, text);
    this.policies.set(arn, policy);
    return policy;
  }

  private managedPolicy(
    name: string,
    path: string,
    arn: string,
    description: string,
    text: PolicyText,
  ): ManagedPolicy {
    const created = this.now();
    const versions = [{ id: 'v1', text, created }];
    return { name, path, arn, id: uniqueId('ANPA'), description, created, versions, defaultVersion: 'v1' };
  }

  addKey(user: User): AccessKey {
    const key = { id: uniqueId('AKIA'), secret: secretKey(), created: this.now(), active: true };
    user.keys.push(key);
    return key;
  }

  /** Of an active access key or a session; sessions are known beyond their end, to be answered as expired. */
  credential(accessKeyId: string): Credential | undefined {
    for (const user of this.users.values()) {
      const key = user.keys.find(({ id, active }) => id === accessKeyId && active);
      if (key === undefined) continue;
      const caller = { arn: user.arn, userId: user.id, accountId: this.id, userName: user.name };
      return { accessKeyId, secretAccessKey: key.secret, caller };
    }
    return this.others.get(accessKeyId);
  }

  roleOf(arn: string): Role | undefined {
    return [...this.roles.values()].find((role) => role.arn === arn);
  }

  openSession(
    role: Role,
    sessionName: string,
    expiresAt: Date,
    sessionPolicies?: readonly Policy[],
  ): SessionCredential {
    const caller: Caller = {
      arn: `arn:aws:sts::${this.id}:assumed-role/${role.name}/${sessionName}`,
      userId: `${role.id}:${sessionName}`,
      accountId: this.id,
      roleArn: role.arn,
      sessionPolicies,
    };
    const credential = {
      accessKeyId: uniqueId('ASIA'),
      secretAccessKey: secretKey(),
      caller,
      session: { token: sessionToken(), expiresAt },
    };
    this.others.set(credential.accessKeyId, credential);
    return credential;
  }

  /** A user of another account who may do everything there. */
  addForeigner(accountId: string, name: string): Credential {
    const arn = `arn:aws:iam::${accountId}:user/${name}`;
    const caller = { arn, userId: uniqueId('AIDA'), accountId, userName: name };
    const credential = { accessKeyId: uniqueId('AKIA'), secretAccessKey: secretKey(), caller };
    this.others.set(credential.accessKeyId, credential);
    return credential;
  }

  /** A key whose policy leaves it to the account who may use it, as the console makes it. */
  addKmsKey(region: string): KmsKey {
    const arn = `arn:aws:kms:${region}:${this.id}:key/${crypto.randomUUID()}`;
    const statement = { Effect: 'Allow', Principal: { AWS: this.id }, Action: 'kms:*', Resource: '*' };
    const { policy } = policyText(JSON.stringify({ Version: '2012-10-17', Statement: statement }), 'key');
    const key = { arn, policy, enabled: true };
    this.kmsKeys.set(arn, key);
    return key;
  }

  /** The identity-based policies of a caller; none for a principal that was deleted since. */
  policiesOf({ accountId, userName, roleArn }: Caller): readonly Policy[] {
    if (accountId !== this.id) return [policyText(administratorAccess, 'identity').policy];
    const owner = userName === undefined ? this.roleOf(roleArn ?? '') : this.users.get(userName);
    if (owner === undefined) return [];
    const managed = [...owner.attached].flatMap((arn) => this.defaultText(arn) ?? []);
    return [...owner.inline.values(), ...managed].map(({ policy }) => policy);
  }

  private defaultText(arn: string): PolicyText | undefined {
    const policy = this.policies.get(arn);
    return policy?.versions.find(({ id }) => id === policy.defaultVersion)?.text;
  }

  /**
   * The id that stands for a principal's ARN in a stored policy: a user who is made anew under the same name is
   * somebody else.
   */
  idOf(arn: string): string | undefined {
    return [...this.users.values(), ...this.roles.values()].find((principal) => principal.arn === arn)?.id;
  }

  arnOf(id: string): string | undefined {
    return [...this.users.values(), ...this.roles.values()].find((principal) => principal.id === id)?.arn;
  }
}
