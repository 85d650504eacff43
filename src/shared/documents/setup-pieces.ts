/**
 * What the setup makes in an AWS account: one model, from which the script, the template and the written steps are
 * printed. Nothing in it is secret.
 */
import { namePattern } from '../aws-names.ts';
import { SluiceError } from '../errors.ts';
import type { PolicyDocument } from '../iam.ts';

export interface SetupPieces {
  /** A managed policy with the permissions. */
  readonly policy?: { readonly name: string; readonly document: PolicyDocument } | undefined;
  /** The role that holds the policy, and who may assume it. */
  readonly role?: { readonly name: string; readonly document: PolicyDocument } | undefined;
  /** The IAM user that holds the policy instead, and gets an access key. */
  readonly user?: { readonly name: string } | undefined;
}

/** `permissions`: the permissions policy alone. `trust`: the role with its trust policy alone. */
export type DocumentKind = 'permissions' | 'trust';

/** The longest names that IAM takes. */
const limits = { policy: 128, role: 64, user: 64 } as const;

export interface SetupNames {
  readonly policy: string;
  readonly role: string;
  readonly user: string;
}

/** Names of its own for every bucket, so that the setup of a second bucket does not change that of the first. */
export function defaultNames(bucket: string): SetupNames {
  const name = `sluice-${bucket}`;
  return { policy: name, role: name.slice(0, limits.role), user: name.slice(0, limits.user) };
}

/** What is wrong with a name in IAM; undefined when nothing is. */
export function iamNameProblem(kind: keyof SetupNames, name: string): string | undefined {
  if (name === '') return `The ${kind} needs a name`;
  if (name.length > limits[kind]) return `The name of a ${kind} has at most ${limits[kind]} characters`;
  return namePattern.test(name)
    ? undefined
    : `The name of a ${kind} holds only letters, digits and the characters _+=,.@-`;
}

/** One document as the piece that it is of; a role alone is called after no bucket. */
export function pieceOf(kind: DocumentKind, document: PolicyDocument): SetupPieces {
  if (kind === 'trust') return { role: { name: 'sluice', document } };
  const bucket = /:::([^/]+)/.exec(document.Statement[0]?.Resource ?? '')?.[1] ?? '';
  return { policy: { name: defaultNames(bucket).policy, document } };
}

/** @throws SluiceError INPUT_INVALID for a name that IAM would not take */
export function checkedPieces(pieces: SetupPieces): SetupPieces {
  for (const kind of ['policy', 'role', 'user'] as const) {
    const piece = pieces[kind];
    const problem = piece === undefined ? undefined : iamNameProblem(kind, piece.name);
    if (problem !== undefined) throw new SluiceError('INPUT_INVALID', problem);
  }
  return pieces;
}
