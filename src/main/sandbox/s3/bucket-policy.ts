/** The policy of a bucket: kept as it was written, evaluated with every request. */
import type { Answer } from '../http/answer.ts';
import { ServiceError } from '../http/service-error.ts';
import type { Account } from '../identity/account.ts';
import type { PolicyText } from '../identity/policy-text.ts';
import { shownText, storedPolicy } from '../identity/stored-principals.ts';
import { MalformedPolicy, type Policy } from '../policy/document.ts';
import type { Store } from '../store/store.ts';
import type { Operation, S3Request } from './context.ts';

const setting = 'policy';
const maxBytes = 20 * 1024;

export class BucketPolicies {
  private readonly store: Store;
  private readonly account: Account;
  /** What was read, by its text: principals are settled when the policy is set, not with each request. */
  private readonly parsed = new Map<string, PolicyText>();

  constructor(store: Store, account: Account) {
    this.store = store;
    this.account = account;
  }

  of(bucket: string): PolicyText | undefined {
    const text = this.store.bucketSettings.get(bucket, setting);
    if (text === undefined) return undefined;
    const known = this.parsed.get(bucket);
    if (known?.text === text) return known;
    // From an earlier start; whom it named is unknown by now, since users and roles are made anew.
    const policy = this.understood(text);
    this.parsed.set(bucket, policy);
    return policy;
  }

  policyOf(bucket: string): Policy | undefined {
    return this.of(bucket)?.policy;
  }

  private understood(text: string): PolicyText {
    try {
      return storedPolicy(text, 'bucket', this.account);
    } catch (error) {
      if (!(error instanceof MalformedPolicy)) throw error;
      return { text, policy: { variables: true, statements: [] } };
    }
  }

  /** @throws MalformedPolicy */
  set(bucket: string, text: string): void {
    const policy = storedPolicy(text, 'bucket', this.account);
    const arn = `arn:aws:s3:::${bucket}`;
    for (const { resource } of policy.policy.statements) {
      const foreign = resource?.values.some(
        (value) => value !== arn && !value.startsWith(`${arn}/`) && !/[*?]/.test(value),
      );
      if (foreign) throw new MalformedPolicy('Policy has invalid resource');
    }
    this.store.bucketSettings.set(bucket, setting, text);
    this.parsed.set(bucket, policy);
  }

  remove(bucket: string): void {
    this.store.bucketSettings.remove(bucket, setting);
    this.parsed.delete(bucket);
  }
}

function putBucketPolicy({ context, bucket, text }: S3Request): Answer {
  if (Buffer.byteLength(text) > maxBytes) {
    throw new ServiceError(
      400,
      'PolicyTooLarge',
      'The policy exceeds the maximum allowed document size of 20KB.',
    );
  }
  try {
    context.bucketPolicies.set(bucket, text);
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error;
    const message = error.message.startsWith('Invalid principal')
      ? 'Invalid principal in policy'
      : error.message;
    throw new ServiceError(400, 'MalformedPolicy', message);
  }
  return { status: 204 };
}

function getBucketPolicy({ context, bucket }: S3Request): Answer {
  const policy = context.bucketPolicies.of(bucket);
  if (policy === undefined) {
    throw new ServiceError(404, 'NoSuchBucketPolicy', 'The bucket policy does not exist', {
      elements: { BucketName: bucket },
    });
  }
  const body = shownText(policy, context.account);
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

function deleteBucketPolicy({ context, bucket }: S3Request): Answer {
  context.bucketPolicies.remove(bucket);
  return { status: 204 };
}

const common = { level: 'bucket', when: ['policy'], parameters: [], headers: [], body: 'text' } as const;

export const bucketPolicyOperations: readonly Operation[] = [
  { ...common, name: 'PutBucketPolicy', action: 's3:PutBucketPolicy', method: 'PUT', run: putBucketPolicy },
  { ...common, name: 'GetBucketPolicy', action: 's3:GetBucketPolicy', method: 'GET', run: getBucketPolicy },
  {
    ...common,
    name: 'DeleteBucketPolicy',
    action: 's3:DeleteBucketPolicy',
    method: 'DELETE',
    run: deleteBucketPolicy,
  },
];
