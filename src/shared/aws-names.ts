/** Names that AWS gives to things: what they look like, and what is wrong with one in plain words. */

/** `arn:partition:service:region:account:resource`; region and account may be empty. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

const partitionPattern = /^aws(-[a-z]+)*$/;
/** What IAM takes in the name of a user, role or policy. */
export const namePattern = /^[\w+=,.@-]+$/;

/** aws, aws-cn, aws-us-gov, aws-eusc, aws-iso… */
export const isPartition = (text: string): boolean => partitionPattern.test(text);

/** 2 to 1,224 of the characters that STS takes. */
export const isExternalId = (text: string): boolean => /^[\w+=,.@:/-]{2,1224}$/.test(text);

/** The parts of an ARN, or undefined when `text` is none. The resource may hold colons. */
export function parseArn(text: string): Arn | undefined {
  const [arn, partition, service, region, account, ...rest] = text.split(':');
  const resource = rest.join(':');
  if (arn !== 'arn' || !partition || !service || region === undefined || account === undefined)
    return undefined;
  if (!isPartition(partition) || resource === '' || /\s/.test(text)) return undefined;
  return { partition, service, region, account, resource };
}

/** A resource such as `role/path/to/NAME`, or undefined when it is not of that kind or not well formed. */
export function parseIamResource(
  arn: Arn,
  kind: 'role' | 'user',
): { readonly path: string; readonly name: string } | undefined {
  if (arn.service !== 'iam' || arn.region !== '' || !/^\d{12}$/.test(arn.account)) return undefined;
  if (!arn.resource.startsWith(`${kind}/`)) return undefined;
  const end = arn.resource.lastIndexOf('/') + 1;
  const path = arn.resource.slice(kind.length, end);
  const name = arn.resource.slice(end);
  const wellFormed =
    namePattern.test(name) && name.length <= 64 && /^\/([!-~]+\/)*$/.test(path) && path.length <= 512;
  return wellFormed && !/[*?]|\$\{/.test(path) ? { path, name } : undefined;
}

/** What is wrong with the ARN of a role that shall be assumed; undefined when nothing is. */
export function roleArnProblem(text: string): string | undefined {
  if (text === '') return 'The role ARN is empty';
  const example = 'a role ARN looks like arn:aws:iam::123456789012:role/NAME';
  const arn = parseArn(text);
  if (arn === undefined) return `This is not an ARN; ${example}`;
  if (arn.service === 'sts')
    return 'This is the ARN of a session; give the ARN of the role itself, from the IAM console';
  if (arn.resource.startsWith('user/')) return `This is the ARN of a user; ${example}`;
  if (arn.resource.startsWith('instance-profile/'))
    return `This is the ARN of an instance profile; ${example}`;
  if (arn.service === 'iam' && !/^\d{12}$/.test(arn.account))
    return 'The account in a role ARN has 12 digits';
  return parseIamResource(arn, 'role') === undefined
    ? `This is not the ARN of a role; ${example}`
    : undefined;
}

const reservedPrefixes = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const reservedSuffixes = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];

/**
 * What is wrong with the name of a general purpose bucket; undefined when nothing is.
 * Rules: S3 user guide, "General purpose bucket naming rules".
 */
export function bucketNameProblem(name: string): string | undefined {
  if (name.startsWith('arn:') || name.includes('/'))
    return 'Give the name of the bucket alone, without ARN, URL or folder';
  if (name.length < 3 || name.length > 63) return 'A bucket name has 3 to 63 characters';
  if (/[A-Z]/.test(name)) return 'A bucket name has no capital letters';
  const wrong = /[^a-z0-9.-]/u.exec(name);
  if (wrong !== null)
    return `A bucket name holds only a-z, 0-9, dots and hyphens, not ${JSON.stringify(wrong[0])}`;
  if (!/^[a-z0-9]/.test(name) || !/[a-z0-9]$/.test(name))
    return 'A bucket name begins and ends with a letter or a digit';
  if (name.includes('..')) return 'A bucket name has no two dots side by side';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return 'A bucket name must not look like an IP address';
  const prefix = reservedPrefixes.find((reserved) => name.startsWith(reserved));
  if (prefix !== undefined) return `AWS reserves bucket names that begin with ${prefix}`;
  const suffix = reservedSuffixes.find((reserved) => name.endsWith(reserved));
  return suffix === undefined ? undefined : `AWS reserves bucket names that end with ${suffix}`;
}

/** What is wrong with the ARN of the KMS key of a bucket in `partition`; undefined when nothing is. */
export function kmsKeyProblem(text: string, partition: string): string | undefined {
  const example = 'the ARN of a KMS key looks like arn:aws:kms:REGION:123456789012:key/ID';
  const arn = parseArn(text);
  if (arn?.service !== 'kms') return `This is not the ARN of a KMS key; ${example}`;
  if (arn.resource.startsWith('alias/')) {
    return 'This is the ARN of an alias, which a policy cannot name; give that of the key itself, from the KMS console';
  }
  if (
    !/^[a-z0-9-]+$/.test(arn.region) ||
    !/^\d{12}$/.test(arn.account) ||
    !/^key\/[\w-]+$/.test(arn.resource)
  ) {
    return `This is not the ARN of a KMS key; ${example}`;
  }
  return arn.partition === partition
    ? undefined
    : `The KMS key is in the partition ${arn.partition}, and the bucket in ${partition}`;
}
