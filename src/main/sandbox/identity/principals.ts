/** What an account holds: users with their access keys, roles, managed policies and keys of KMS. */
import type { Policy } from '../policy/document.ts';
import type { PolicyText } from './policy-text.ts';

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
  /** ARN of the managed policy that is the most it may ever do; undefined for no such limit. */
  boundary: string | undefined;
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

export interface NewPrincipal {
  readonly name: string;
  readonly path?: string | undefined;
  readonly boundary?: string | undefined;
}

export interface NewRole extends NewPrincipal {
  readonly trust: PolicyText;
  readonly description?: string | undefined;
  readonly maxSessionSeconds?: number | undefined;
}
