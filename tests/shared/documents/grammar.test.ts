/** Every policy that can be made, judged by a checker of IAM's grammar that nobody here wrote. */
import { validateIdentityPolicy, validateTrustPolicy } from '@cloud-copilot/iam-policy';
import { describe, expect, test } from 'vitest';
import { permissionsPolicy, printPolicy, trustPolicy } from '../../../src/shared/iam.ts';
import { namedPrincipal } from '../../../src/shared/iam-principal.ts';

const partitions = ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'];
const externalId = 'd12d74f4-d647-4929-a5a6-d329afd916f4';

/** As IAM reads it: the text. */
const read = (document: object): unknown => JSON.parse(printPolicy(document));

const switches = [false, true].flatMap((withAbort) =>
  [false, true].flatMap((withKey) =>
    (['bucket', 'prefix'] as const).flatMap((scope) =>
      ['', 'landing', "it's/${odd*?}".replaceAll(/[{}]/g, ''), 'é/ü b'].map((pathPrefix) => ({
        ...{ withAbort, withKey, scope, pathPrefix },
      })),
    ),
  ),
);

describe.each(partitions)('in the partition %s', (partition) => {
  test.each(switches)('permissions %o', ({ withKey, ...wishes }) => {
    const kmsKey = withKey ? `arn:${partition}:kms:eu-west-1:123456789012:key/mrk-0123456789abcdef` : '';
    const policy = permissionsPolicy({ bucket: 'acme-lake', partition, kmsKey, ...wishes });
    expect(validateIdentityPolicy(read(policy))).toEqual([]);
    expect(policy.Statement).toHaveLength(withKey ? 3 : 2);
  });

  test.each([
    'iam::123456789012:user/team/anna',
    'iam::123456789012:role/loader',
    'iam::123456789012:root',
    'sts::123456789012:assumed-role/loader/session',
    'sts::123456789012:assumed-role/AWSReservedSSO_DataEngineer_0123456789abcdef/anna@example.com',
  ])('trust in %s', (principal) => {
    const policy = trustPolicy({ principal: namedPrincipal(`arn:${partition}:${principal}`), externalId });
    expect(validateTrustPolicy(read(policy))).toEqual([]);
    expect(JSON.stringify(policy).length).toBeLessThanOrEqual(2048);
  });
});

test('the longest external ID with the longest principal still fits, or is refused', () => {
  const principal = namedPrincipal(`arn:aws-us-gov:sts::123456789012:assumed-role/${'r'.repeat(64)}/s`);
  const policy = trustPolicy({ principal, externalId: 'x'.repeat(1224) });
  expect(JSON.stringify(policy).length).toBeLessThanOrEqual(2048);
});

test('the checker sees what is wrong', () => {
  const good = permissionsPolicy({
    ...{ bucket: 'acme-lake', pathPrefix: '', scope: 'bucket', partition: 'aws', withAbort: false },
  });
  const [list] = good.Statement;
  const broken = [
    { ...good, Version: '2012-10-18' },
    { ...good, Statement: [{ ...list, Effect: 'allow' }] },
    { ...good, Statement: [{ ...list, Principal: { AWS: '*' } }] },
    { ...good, Statement: [{ ...list, Resource: undefined }] },
  ];
  for (const document of broken) expect(validateIdentityPolicy(read(document))).not.toEqual([]);
  expect(validateTrustPolicy(read(good))).not.toEqual([]);
});
