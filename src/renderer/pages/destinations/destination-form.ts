/** The new destination as it is typed, and what is wrong with it. Pure. */
import { bucketNameProblem, kmsKeyProblem, roleArnProblem } from '../../../shared/aws-names.ts';
import { normalisePathPrefix, renderPath } from '../../../shared/directory-path.ts';
import { SluiceError } from '../../../shared/errors.ts';
import {
  type DestinationSettings,
  defaultPartitionKey,
  destinationSettingsSchema,
  type Signer,
} from '../../../shared/model.ts';
import { partitionOf } from '../../../shared/regions.ts';

export interface DestinationForm {
  readonly name: string;
  readonly accessType: 'role' | 'keys';
  readonly roleArn: string;
  readonly signer: 'default' | 'profile';
  readonly profile: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
  readonly pathPrefix: string;
  readonly region: string;
  readonly endpoint: string;
  readonly stsEndpoint: string;
  readonly pathStyle: boolean;
  /** How hard files are compressed. */
  readonly gzipLevel: '1' | '3' | '6';
  /** What the permissions policy covers; no part of the destination. */
  readonly scope: 'bucket' | 'prefix';
  readonly withAbort: boolean;
  /** The ARN of the KMS key that encrypts the bucket; no part of the destination. */
  readonly kmsKey: string;
}

export type Field = keyof DestinationForm;
export type Problems = Partial<Readonly<Record<Field, string>>>;

export const emptyForm: DestinationForm = {
  name: '',
  accessType: 'role',
  roleArn: '',
  signer: 'default',
  profile: '',
  accessKeyId: '',
  secretAccessKey: '',
  bucket: '',
  pathPrefix: '',
  region: '',
  endpoint: '',
  stsEndpoint: '',
  pathStyle: false,
  gzipLevel: '3',
  scope: 'bucket',
  withAbort: true,
  kmsKey: '',
};

/** What is wrong with the KMS key that the policy shall name; undefined when nothing is, or when there is none. */
export function kmsProblem({ kmsKey, accessType, roleArn, region }: DestinationForm): string | undefined {
  const key = kmsKey.trim();
  const partition = partitionOf(accessType === 'role' ? roleArn.trim() : undefined, region.trim());
  return key === '' ? undefined : kmsKeyProblem(key, partition);
}

export const signerOf = ({ signer, profile }: Pick<DestinationForm, 'signer' | 'profile'>): Signer =>
  signer === 'profile' ? { kind: 'profile', profile: profile.trim() } : { kind: 'default' };

/** The form as the contract takes it; the secret access key is no part of it. */
export function settingsOf(form: DestinationForm): DestinationSettings {
  const endpoint = form.endpoint.trim();
  const stsEndpoint = form.stsEndpoint.trim();
  return {
    name: form.name.trim(),
    access:
      form.accessType === 'role'
        ? { type: 'role', roleArn: form.roleArn.trim(), signer: signerOf(form) }
        : { type: 'keys', accessKeyId: form.accessKeyId.trim() },
    bucket: form.bucket.trim(),
    region: form.region.trim(),
    pathPrefix: form.pathPrefix,
    ...(endpoint === '' ? {} : { endpoint }),
    ...(stsEndpoint === '' ? {} : { stsEndpoint }),
    pathStyle: form.pathStyle,
    ...gzipLevels[form.gzipLevel],
  };
}

/** The default is not written down, so that it can become another one. */
const gzipLevels = { 1: { gzipLevel: 1 }, 3: {}, 6: { gzipLevel: 6 } } as const;

/** A saved destination as a form; its secret stays where it is. */
export function formOf({
  access,
  endpoint,
  stsEndpoint,
  ...destination
}: DestinationSettings): DestinationForm {
  const { name, bucket, region, pathPrefix, pathStyle } = destination;
  const gzipLevel = `${destination.gzipLevel ?? 3}` as const;
  const known = { name, bucket, region, pathPrefix, pathStyle, gzipLevel };
  const endpoints = { endpoint: endpoint ?? '', stsEndpoint: stsEndpoint ?? '' };
  if (access.type === 'keys') {
    return { ...emptyForm, ...known, ...endpoints, accessType: 'keys', accessKeyId: access.accessKeyId };
  }
  const { signer, roleArn } = access;
  const profile = signer.kind === 'profile' ? signer.profile : '';
  return {
    ...emptyForm,
    ...known,
    ...endpoints,
    roleArn,
    profile,
    signer: profile === '' ? 'default' : 'profile',
  };
}

/**
 * What has to be mended before the form can be sent; at most one sentence a field. `keptKey` is the access key ID
 * whose secret the keychain holds already.
 */
export function problemsOf(form: DestinationForm, takenNames: readonly string[], keptKey?: string): Problems {
  const found: Partial<Record<Field, string>> = {};
  const note = (field: Field, problem: string | undefined): void => {
    if (problem !== undefined) found[field] ??= `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`;
  };
  const { name, bucket, region, access } = settingsOf(form);
  if (takenNames.includes(name)) note('name', 'there is a destination of this name already');
  if (access.type === 'role') {
    note('roleArn', roleArnProblem(access.roleArn));
    if (form.signer === 'profile' && form.profile.trim() === '') note('profile', 'the profile has no name');
  } else {
    if (access.accessKeyId === '') note('accessKeyId', 'the access key ID is empty');
    if (form.secretAccessKey.trim() === '' && access.accessKeyId !== keptKey)
      note('secretAccessKey', 'the secret access key is empty');
  }
  note('bucket', bucket === '' ? 'the bucket has no name' : bucketNameProblem(bucket));
  note(
    'pathPrefix',
    refusal(() => normalisePathPrefix(form.pathPrefix)),
  );
  if (region === '') note('region', 'the region is empty');
  note('kmsKey', kmsProblem(form));
  for (const field of ['endpoint', 'stsEndpoint'] as const) {
    if (form[field].trim() !== '' && !isWebAddress(form[field].trim()))
      note(field, 'an endpoint is written like https://s3.example.com');
  }
  // What the contract would refuse beyond that, in the words of the model.
  const parsed = destinationSettingsSchema.safeParse(settingsOf(form));
  for (const { path, message } of parsed.error?.issues ?? []) {
    const field = path.at(-1);
    if (typeof field === 'string' && field in form) note(field as Field, message);
  }
  return found;
}

/**
 * Where a load that starts at `at` would write a table "orders" of a database "shop"; undefined while the path
 * prefix is wrong.
 */
export function examplePath(pathPrefix: string, at: Date, jobId: string): string | undefined {
  try {
    return renderPath({
      pathPrefix,
      destinationPrefix: '',
      database: 'shop',
      schema: 'public',
      object: 'orders',
      partitionKey: defaultPartitionKey,
      at,
      timeZone: 'UTC',
      jobId,
    }).path;
  } catch (error) {
    // The field says what is wrong with the prefix.
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}

/** The certificate of S3 covers one label before its own name, so such a bucket needs path-style addresses. */
export const hasDottedBucket = ({ bucket, endpoint }: DestinationForm): boolean =>
  bucket.includes('.') && endpoint.trim() === '';

function refusal(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof SluiceError) return error.message;
    throw error;
  }
}

const isWebAddress = (text: string): boolean => /^https?:\/\/[^\s/]/.test(text);
