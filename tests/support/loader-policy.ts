/** The permissions policy that the app asks for, with the right to abort. */
import { type PolicyDocument, permissionsPolicy } from '../../src/shared/iam.ts';

export const loaderPolicy = (bucket: string): PolicyDocument =>
  permissionsPolicy({ bucket, pathPrefix: '', scope: 'bucket', partition: 'aws', withAbort: true });
