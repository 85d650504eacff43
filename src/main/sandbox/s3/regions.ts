/**
 * Buckets of other regions. The sandbox is the endpoint of one region; a bucket that lives elsewhere is only told
 * about, with S3's redirects.
 */
import { ServiceError } from '../http/service-error.ts';
import type { Store } from '../store/store.ts';
import type { Operation } from './context.ts';

const setting = 'region';

/** @param own the region of the sandbox */
export const regionOf = ({ bucketSettings }: Store, bucket: string, own: string): string =>
  bucketSettings.get(bucket, setting) ?? own;

export function setRegion({ bucketSettings }: Store, bucket: string, region: string, own: string): void {
  if (region === own) bucketSettings.remove(bucket, setting);
  else bucketSettings.set(bucket, setting, region);
}

/** Answered wherever the bucket is. */
const everywhere = new Set(['GetBucketLocation']);

/** @throws ServiceError PermanentRedirect with the bucket's own region; HEAD has it in the header only */
export function redirectAway(operation: Operation, store: Store, bucket: string, own: string): void {
  const region = regionOf(store, bucket, own);
  if (region === own || everywhere.has(operation.name)) return;
  throw new ServiceError(
    301,
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    {
      elements: { Endpoint: `${bucket}.s3.${region}.amazonaws.com`, Bucket: bucket },
      headers: { 'x-amz-bucket-region': region },
    },
  );
}
