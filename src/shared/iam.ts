/**
 * The IAM documents of the access setup, as plain JSON in AWS's usual order of properties.
 *
 * The permissions policy says what Sluice may do in the bucket; the trust policy says who may assume the role
 * that holds it: this workstation's own identity, and only with the external ID of this installation.
 */
import { bucketNameProblem, isExternalId, isPartition, kmsKeyProblem } from './aws-names.ts';
import { normalisePathPrefix } from './directory-path.ts';
import { SluiceError } from './errors.ts';
import type { TrustedPrincipal } from './iam-principal.ts';

export type PolicyCondition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow';
  readonly Principal?: { readonly AWS: string };
  readonly Action: string | readonly string[];
  readonly Resource?: string;
  readonly Condition?: PolicyCondition;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

const objectActions = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'] as const;
const abortAction = 's3:AbortMultipartUpload';

/** Every right that Sluice asks for in a bucket; the last is the visible switch. */
export const bucketActions = ['s3:ListBucket', ...objectActions, abortAction] as const;
export type BucketAction = (typeof bucketActions)[number];

export interface PolicyTarget {
  readonly bucket: string;
  /** '' for none; then the scope `prefix` means the bucket. */
  readonly pathPrefix: string;
  /** `bucket`: the whole bucket. `prefix`: only what lies under the path prefix. */
  readonly scope: 'bucket' | 'prefix';
  /** aws, aws-cn, aws-us-gov, aws-eusc… */
  readonly partition: string;
}

/** Longest trust policy that IAM stores, in characters without white space. */
const maxTrustPolicy = 2048;

/** What a bucket that is encrypted with a KMS key asks of its users: to encrypt what is put, and to read it again. */
export const kmsActions = ['kms:GenerateDataKey', 'kms:Decrypt'] as const;

export interface PolicyWishes {
  /** Allows clearing away the unfinished uploads of a failed load. */
  readonly withAbort: boolean;
  /** ARN of the KMS key that encrypts the bucket; absent or '' where S3 encrypts with keys of its own. */
  readonly kmsKey?: string | undefined;
}

/**
 * The permissions policy: list the bucket; get, put and delete its objects; on request abort uploads, and use the key
 * of the bucket, too.
 * @throws SluiceError INPUT_INVALID (bucket, partition, KMS key), PATH_INVALID (path prefix)
 */
export function permissionsPolicy(target: PolicyTarget & PolicyWishes): PolicyDocument {
  const kmsKey = target.kmsKey?.trim() ?? '';
  const actions: BucketAction[] = target.withAbort ? [...objectActions, abortAction] : [...objectActions];
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'SluiceListBucket', ...statement(['s3:ListBucket'], target) },
      { Sid: 'SluiceObjects', ...statement(actions, target) },
      ...(kmsKey === '' ? [] : [{ Sid: 'SluiceEncryptionKey', ...kmsStatement(kmsKey, target.partition) }]),
    ],
  };
}

/**
 * The statement that grants one right, to be pasted into a policy that lacks it. It has no Sid, which would
 * have to be unlike every other in that policy.
 * @throws SluiceError INPUT_INVALID (bucket, partition), PATH_INVALID (path prefix)
 */
export const statementFor = (action: BucketAction, target: PolicyTarget): PolicyStatement =>
  statement([action], target);

/**
 * The statement that grants the use of a bucket's KMS key. The key's own policy must allow it, too.
 * @throws SluiceError INPUT_INVALID
 */
export function kmsStatement(keyArn: string, partition: string): PolicyStatement {
  const problem = kmsKeyProblem(keyArn, partition);
  if (problem !== undefined) throw new SluiceError('INPUT_INVALID', problem);
  return { Effect: 'Allow', Action: [...kmsActions], Resource: keyArn };
}

/** What the caller's own policy must allow before it can assume the role. */
export const assumeRoleStatement = (roleArn: string): PolicyStatement => ({
  Effect: 'Allow',
  Action: ['sts:AssumeRole'],
  Resource: roleArn,
});

/**
 * The trust policy: `principal` (see iam-principal.ts) may assume the role, with this external ID only.
 * @throws SluiceError INPUT_INVALID when the external ID is malformed, or the policy longer than IAM allows
 */
export function trustPolicy(input: {
  readonly principal: TrustedPrincipal;
  readonly externalId: string;
}): PolicyDocument {
  const { principal, externalId } = input;
  if (!isExternalId(externalId)) {
    throw new SluiceError('INPUT_INVALID', 'The external ID is malformed', {
      fix: 'Use 2 to 1,224 letters, digits and characters of _+=,.@:/-; "sluice external-id" prints one.',
    });
  }
  const { arnLike } = principal;
  const whoExactly = arnLike === undefined ? {} : { ArnLike: { 'aws:PrincipalArn': arnLike } };
  const policy: PolicyDocument = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'SluiceAssumeRole',
        Effect: 'Allow',
        Principal: { AWS: principal.aws },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId }, ...whoExactly },
      },
    ],
  };
  const length = JSON.stringify(policy).length;
  if (length <= maxTrustPolicy) return policy;
  throw new SluiceError(
    'INPUT_INVALID',
    `The trust policy has ${length} characters, and IAM allows ${maxTrustPolicy}`,
    {
      fix: 'Use a shorter external ID.',
      details: { length, limit: maxTrustPolicy },
    },
  );
}

/**
 * A document as text to paste. IAM takes ASCII and Latin-1 only, so everything beyond ASCII is written as a
 * JSON escape, which means the same.
 */
export const printPolicy = (document: object): string =>
  JSON.stringify(document, undefined, 2).replace(
    /[\u007F-\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** All `actions` of one call have the same kind of resource. */
function statement(actions: readonly BucketAction[], target: PolicyTarget): PolicyStatement {
  const bucketArn = bucketArnOf(target);
  const prefix = target.scope === 'prefix' ? literal(normalisePathPrefix(target.pathPrefix)) : '';
  const listing = actions.includes('s3:ListBucket');
  const objects = prefix === '' ? `${bucketArn}/*` : `${bucketArn}/${prefix}/*`;
  const granted: PolicyStatement = {
    Effect: 'Allow',
    Action: actions,
    Resource: listing ? bucketArn : objects,
  };
  if (!listing || prefix === '') return granted;
  return { ...granted, Condition: { StringLike: { 's3:prefix': [`${prefix}/*`] } } };
}

function bucketArnOf({ bucket, partition }: PolicyTarget): string {
  const problem = bucketNameProblem(bucket);
  if (problem !== undefined) throw new SluiceError('INPUT_INVALID', problem, { details: { bucket } });
  if (!isPartition(partition)) {
    throw new SluiceError('INPUT_INVALID', `There is no AWS partition ${JSON.stringify(partition)}`, {
      fix: 'Use aws, aws-cn, aws-us-gov or aws-eusc.',
    });
  }
  return `arn:${partition}:s3:::${bucket}`;
}

/**
 * Text that a policy takes as it stands: `*` and `?` would match anything, and `$` may begin a variable.
 * IAM user guide, "Policy variables", on `${*}`, `${?}` and `${$}`.
 */
const literal = (text: string): string => text.replace(/[*?$]/g, '${$&}');
