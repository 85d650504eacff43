/** Where a bucket is. */
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { SluiceError } from '../../shared/errors.ts';
import type { BucketRegion, Signer } from '../../shared/model.ts';
import { classifyAwsError } from './aws-errors.ts';
import { configuredRegion } from './identity.ts';
import { type AccessContext, clientDefaults, signerCredentials, until } from './signing.ts';

export interface BucketQuestion {
  readonly bucket: string;
  readonly signer: Signer;
  /** For S3-compatible services. */
  readonly endpoint?: string | undefined;
}

/** Families of one meaning here: nobody usable is signed in, and the question can be asked without a name. */
const withoutIdentity = new Set(['NOT_SIGNED_IN', 'SESSION_EXPIRED', 'CREDENTIALS_INVALID']);

/**
 * Asks S3 for the region of a bucket. Needs no permission: the answer to HeadBucket carries `x-amz-bucket-region`
 * also when it is a refusal (403) or a redirect (301). Whoever is not signed in asks without a signature.
 *
 * @throws SluiceError DESTINATION_UNREACHABLE, CANCELLED, and what else says nothing about the bucket
 */
export async function bucketRegion(
  question: BucketQuestion,
  context: Pick<AccessContext, 'sandbox'>,
  signal?: AbortSignal,
): Promise<BucketRegion> {
  // A bucket of another partition does not exist in this one, and the configured region names the partition.
  const region = await configuredRegion(question.signer);
  try {
    return await ask(question, region, { credentials: signerCredentials(question.signer, context) }, signal);
  } catch (error) {
    if (!(error instanceof SluiceError) || !withoutIdentity.has(error.code)) throw error;
    return await ask(question, region, unsigned, signal);
  }
}

type Identity = Pick<NonNullable<ConstructorParameters<typeof S3Client>[0]>, 'credentials' | 'signer'>;

/** The SDK wants credentials even for a signer that does not use them. */
const unsigned: Identity = {
  credentials: { accessKeyId: 'nobody', secretAccessKey: 'nobody' },
  signer: { sign: async (request) => request },
};

async function ask(
  { bucket, endpoint, signer }: BucketQuestion,
  region: string,
  identity: Identity,
  signal: AbortSignal | undefined,
): Promise<BucketRegion> {
  const client = new S3Client({
    ...clientDefaults(signer),
    ...identity,
    region,
    followRegionRedirects: false,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
  try {
    const answer = await client.send(new HeadBucketCommand({ Bucket: bucket }), until(signal));
    return { found: true, region: answer.BucketRegion ?? null };
  } catch (error) {
    const problem = classifyAwsError(error, { action: 's3:ListBucket', bucket });
    if (problem.code === 'BUCKET_NOT_FOUND') return { found: false, region: null };
    const { bucketRegion: told, status } = problem.details;
    if (typeof told === 'string') return { found: true, region: told };
    // It exists, but this service does not say where: regions are AWS's own.
    if (status === 403 && problem.code === 'ACCESS_DENIED') return { found: true, region: null };
    throw problem;
  } finally {
    client.destroy();
  }
}
