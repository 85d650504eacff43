/**
 * The account of the sandbox: its users, roles and policies, and the sessions that were handed out.
 * In memory only: what practice needs is made anew at every start.
 */
import type { Policy } from '../policy/document.ts';
import type { Caller, Credential, SessionCredential } from './caller.ts';
import { secretKey, sessionToken, uniqueId } from './ids.ts';
import { administratorAccess, type PolicyText, policyText } from './policy-text.ts';
import type {
  AccessKey,
  KmsKey,
  ManagedPolicy,
  NewPrincipal,
  NewRole,
  Principal,
  Role,
  User,
} from './principals.ts';
import { storedPolicy } from './stored-principals.ts';

export class Account {
  readonly id: string;
  readonly users = new Map<string, User>();
  readonly roles = new Map<string, Role>();
  /** By ARN. */
  readonly policies = new Map<string, ManagedPolicy>();
  /** By ARN. */
  readonly kmsKeys = new Map<string, KmsKey>();
  /** Sessions, keys of the root user, and users of other accounts. */
  private readonly others = new Map<string, Credential>();
  private readonly now: () => Date;

  constructor(id: string, now: () => Date) {
    this.id = id;
    this.now = now;
    const arn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const text = policyText(administratorAccess, 'identity');
    this.policies.set(arn, this.managedPolicy('AdministratorAccess', '/', arn, '', text));
  }

  addUser(given: NewPrincipal): User {
    const user: User = { kind: 'user', ...this.principal('user', 'AIDA', given), keys: [] };
    this.users.set(user.name, user);
    return user;
  }

  addRole({ trust, description = '', maxSessionSeconds = 3600, ...given }: NewRole): Role {
    const common = this.principal('role', 'AROA', given);
    const role: Role = { kind: 'role', ...common, trust, description, maxSessionSeconds };
    this.roles.set(role.name, role);
    return role;
  }

  private principal(type: string, idPrefix: string, { name, path = '/', boundary }: NewPrincipal) {
    return {
      name,
      path,
      boundary,
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
      return { accessKeyId, secretAccessKey: key.secret, caller: this.callerOf(user) };
    }
    return this.others.get(accessKeyId);
  }

  roleOf(arn: string): Role | undefined {
    return [...this.roles.values()].find((role) => role.arn === arn);
  }

  private callerOf({ arn, id, name }: User): Caller {
    return { kind: 'user', arn, userId: id, accountId: this.id, userName: name };
  }

  /** A session of a role, as AssumeRole opens it. */
  assume(role: Role, sessionName: string, expiresAt: Date, sessionPolicies?: readonly Policy[]) {
    return this.openSession(expiresAt, {
      kind: 'role',
      arn: `arn:aws:sts::${this.id}:assumed-role/${role.name}/${sessionName}`,
      userId: `${role.id}:${sessionName}`,
      accountId: this.id,
      roleArn: role.arn,
      sessionPolicies,
    });
  }

  /** Temporary credentials of whoever asks for them; also, with another name and fewer rights, for somebody else. */
  openSession(expiresAt: Date, caller: Caller): SessionCredential {
    const credential = {
      accessKeyId: uniqueId('ASIA'),
      secretAccessKey: secretKey(),
      caller: { ...caller, issuedAt: this.now() },
      session: { token: sessionToken(), expiresAt },
    };
    this.others.set(credential.accessKeyId, credential);
    return credential;
  }

  /** Ends the session of a caller before its time. */
  endSession(caller: Caller): void {
    for (const credential of this.others.values()) {
      if (credential.caller !== caller || credential.session === undefined) continue;
      const session = { ...credential.session, expiresAt: this.now() };
      this.others.set(credential.accessKeyId, { ...credential, session });
    }
  }

  /** An access key of the account's root user, whom no identity-based policy limits. */
  addRootKey(): Credential {
    const arn = `arn:aws:iam::${this.id}:root`;
    return this.addOther({ kind: 'root', arn, userId: this.id, accountId: this.id });
  }

  /** A user of another account who may do everything there. */
  addForeigner(accountId: string, name: string): Credential {
    const arn = `arn:aws:iam::${accountId}:user/${name}`;
    return this.addOther({ kind: 'user', arn, userId: uniqueId('AIDA'), accountId, userName: name });
  }

  private addOther(caller: Caller): Credential {
    const credential = { accessKeyId: uniqueId('AKIA'), secretAccessKey: secretKey(), caller };
    this.others.set(credential.accessKeyId, credential);
    return credential;
  }

  /**
   * A key of KMS.
   * @param text its policy; without one, it leaves it to the account who may use it, as the console makes it
   * @throws MalformedPolicy
   */
  addKmsKey(region: string, text = this.ownKeyPolicy()): KmsKey {
    const arn = `arn:aws:kms:${region}:${this.id}:key/${crypto.randomUUID()}`;
    const key = { arn, policy: storedPolicy(text, 'key', this).policy, enabled: true };
    this.kmsKeys.set(arn, key);
    return key;
  }

  private ownKeyPolicy(): string {
    const statement = { Effect: 'Allow', Principal: { AWS: this.id }, Action: 'kms:*', Resource: '*' };
    return JSON.stringify({ Version: '2012-10-17', Statement: statement });
  }

  /** The identity-based policies of a caller; none for a principal that was deleted since. */
  policiesOf(caller: Caller): readonly Policy[] {
    const unlimited = caller.kind === 'root' || caller.accountId !== this.id;
    if (unlimited) return [policyText(administratorAccess, 'identity').policy];
    const owner = this.ownerOf(caller);
    if (owner === undefined) return [];
    const managed = [...owner.attached].flatMap((arn) => this.defaultText(arn) ?? []);
    return [...owner.inline.values(), ...managed].map(({ policy }) => policy);
  }

  /** The most that a caller may do, whatever its policies say; undefined where nothing limits it. */
  boundaryOf(caller: Caller): Policy | undefined {
    const arn = this.ownerOf(caller)?.boundary;
    return arn === undefined ? undefined : this.defaultText(arn)?.policy;
  }

  /** The user or role whose policies decide. */
  private ownerOf({ accountId, userName, roleArn }: Caller): Principal | undefined {
    if (accountId !== this.id) return undefined;
    return userName === undefined ? this.roleOf(roleArn ?? '') : this.users.get(userName);
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
