/** The account of the sandbox: its one user, its roles and the sessions that were handed out. In memory only. */
import { SluiceError } from '../../../shared/errors.ts';
import type { Caller, Credential } from './caller.ts';
import { secretKey, sessionToken, uniqueId } from './ids.ts';
import { parseTrustPolicy, type TrustPolicy } from './trust-policy.ts';

export interface Role {
  readonly name: string;
  readonly arn: string;
  /** `AROA…` */
  readonly id: string;
  readonly trust: TrustPolicy;
  /** The longest session in seconds, 3,600 to 43,200. */
  readonly maxSessionSeconds: number;
}

export interface RoleSettings {
  readonly name: string;
  /** JSON text or an object. */
  readonly trustPolicy: unknown;
  /** 3,600 to 43,200; 3,600 when absent. */
  readonly maxSessionSeconds?: number;
}

export interface SessionCredential extends Credential {
  readonly session: { readonly token: string; readonly expiresAt: Date };
}

const roleName = /^[\w+=,.@-]{1,64}$/;

export class Principals {
  readonly accountId: string;
  readonly user: Credential;
  private readonly roles = new Map<string, Role>();
  private readonly credentials = new Map<string, Credential>();

  constructor(accountId: string) {
    this.accountId = accountId;
    this.user = {
      accessKeyId: uniqueId('AKIA'),
      secretAccessKey: secretKey(),
      caller: { arn: `arn:aws:iam::${accountId}:user/practice`, userId: uniqueId('AIDA'), accountId },
    };
    this.credentials.set(this.user.accessKeyId, this.user);
  }

  credential(accessKeyId: string): Credential | undefined {
    return this.credentials.get(accessKeyId);
  }

  role(arn: string): Role | undefined {
    return this.roles.get(arn);
  }

  /**
   * Makes a role; one of the same name gets the new trust policy and keeps its id.
   * @throws SluiceError INPUT_INVALID
   */
  putRole({ name, trustPolicy, maxSessionSeconds = 3600 }: RoleSettings): Role {
    if (!roleName.test(name)) throw new SluiceError('INPUT_INVALID', `"${name}" is not a role name`);
    if (!Number.isInteger(maxSessionSeconds) || maxSessionSeconds < 3600 || maxSessionSeconds > 43_200) {
      throw new SluiceError('INPUT_INVALID', 'The longest session of a role is 3600 to 43200 seconds');
    }
    const arn = `arn:aws:iam::${this.accountId}:role/${name}`;
    const id = this.roles.get(arn)?.id ?? uniqueId('AROA');
    const role = { name, arn, id, trust: parseTrustPolicy(trustPolicy), maxSessionSeconds };
    this.roles.set(arn, role);
    return role;
  }

  openSession(role: Role, sessionName: string, expiresAt: Date): SessionCredential {
    const caller: Caller = {
      arn: `arn:aws:sts::${this.accountId}:assumed-role/${role.name}/${sessionName}`,
      userId: `${role.id}:${sessionName}`,
      accountId: this.accountId,
      roleArn: role.arn,
    };
    const credential = {
      accessKeyId: uniqueId('ASIA'),
      secretAccessKey: secretKey(),
      caller,
      session: { token: sessionToken(), expiresAt },
    };
    // Kept after its end, so that it is answered as expired and not as unknown.
    this.credentials.set(credential.accessKeyId, credential);
    return credential;
  }
}
