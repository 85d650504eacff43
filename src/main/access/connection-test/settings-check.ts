/** What can be told without asking anybody. */
import { parseArn } from '../../../shared/aws-names.ts';
import type { Check, DestinationSettings } from '../../../shared/model.ts';
import { regionNamed } from '../../../shared/regions.ts';

const check = 'settings';

/** The names themselves were checked when they were entered; this is about how they go together. */
export async function* checkSettings(settings: DestinationSettings): AsyncGenerator<Check, boolean> {
  const { access, bucket, endpoint, pathStyle, region } = settings;
  const role = access.type === 'role' ? parseArn(access.roleArn) : undefined;
  const partition = endpoint === undefined ? regionNamed(region)?.partition : undefined;
  if (role !== undefined && partition !== undefined && role.partition !== partition) {
    yield {
      check,
      verdict: 'failed',
      cause: `The role belongs to ${role.partition}, and the region ${region} to ${partition}: no role works across the two`,
      fix: `Use a role of ${partition}, or a bucket in a region of ${role.partition}.`,
      field: 'roleArn',
      code: 'INPUT_INVALID',
    };
    return false;
  }
  if (bucket.includes('.') && !pathStyle && endpoint === undefined) {
    yield {
      check,
      verdict: 'warning',
      cause: `The bucket name ${bucket} has a dot, which S3's certificates do not cover: Sluice puts it into the path`,
      fix: 'It works; for new buckets, choose names without dots.',
    };
    return true;
  }
  yield { check, verdict: 'passed' };
  return true;
}
