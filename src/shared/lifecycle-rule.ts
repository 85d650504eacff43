/** The lifecycle rule with which a bucket clears away unfinished uploads by itself. */

/**
 * A lifecycle configuration as `aws s3api put-bucket-lifecycle-configuration` takes it, as JSON text. That call
 * replaces the whole configuration, so that rules which the bucket has already must be added to it.
 * @param pathPrefix without slashes at its ends; '' for the whole bucket
 * @param days after which an upload that nobody completed is removed
 */
export function abortUploadsRule(pathPrefix: string, days = 7): string {
  const rule = {
    ID: 'sluice-unfinished-uploads',
    Status: 'Enabled',
    Filter: { Prefix: pathPrefix === '' ? '' : `${pathPrefix}/` },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: days },
  };
  return JSON.stringify({ Rules: [rule] }, undefined, 2);
}
