/** Every row of the diagnosis: what the service answers on the wire, and the line that the user gets. */
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Call, Interception } from '../../src/main/sandbox/sandbox.ts';
import { permissionsPolicy } from '../../src/shared/iam.ts';
import type { Check, DestinationSettings } from '../../src/shared/model.ts';
import { loaderPolicy } from '../support/loader-policy.ts';
import { type AccessRig, bucketName, externalId, startAccessRig, tested, verdicts } from './rig.ts';

let rig: AccessRig;
let s3: S3Client;
let iam: IAMClient;
let skew = 0;
beforeAll(async () => {
  rig = await startAccessRig({ clock: () => new Date(Date.now() + skew) });
  const { endpoint, region, user } = rig.sandbox;
  s3 = new S3Client({ endpoint, region, credentials: user, forcePathStyle: true });
  iam = new IAMClient({ endpoint, region, credentials: user });
});
afterAll(async () => {
  s3.destroy();
  iam.destroy();
  await rig[Symbol.asyncDispose]();
});
beforeEach(() => {
  rig.faults.intercept = undefined;
  rig.faults.calls.length = 0;
  skew = 0;
});

const arn = 'arn:aws:sts::123456789012:assumed-role/loader/sluice';
const denied = (
  action: string,
  reason: string,
  resource = `"arn:aws:s3:::${bucketName}/in/x"`,
): Interception => ({
  ...{ status: 403, code: 'AccessDenied' },
  message: `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
});
const error = (status: number, code: string, message: string): Interception => ({ status, code, message });

/** The line of a check when one operation is answered like this. */
async function lineOf(
  check: string,
  operation: string,
  interception: Interception,
  settings: DestinationSettings = rig.role(),
  when: (call: Call) => boolean = () => true,
): Promise<Check | undefined> {
  rig.faults.intercept = (call) => (call.operation === operation && when(call) ? interception : undefined);
  const { checks } = await tested(settings, rig.context);
  rig.faults.intercept = undefined;
  expect(JSON.stringify(checks)).not.toMatch(/unknown ?error|undefined|\[object/i);
  expect(JSON.stringify(checks)).not.toContain(rig.sandbox.user.secretAccessKey);
  return checks.find((line) => line.check === check);
}

const rows: readonly (readonly [name: string, check: string, operation: string, Interception, object])[] = [
  [
    '1 a key that was deleted',
    'identity',
    'GetCallerIdentity',
    error(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'),
    { code: 'CREDENTIALS_INVALID', fix: expect.stringMatching(/deleted or made inactive.*region/s) },
  ],
  [
    '1 a wrong secret',
    'identity',
    'GetCallerIdentity',
    error(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match …'),
    { code: 'SECRET_KEY_WRONG', fix: expect.stringContaining('Enter the secret access key again') },
  ],
  [
    '1 a session that is over',
    'identity',
    'GetCallerIdentity',
    error(403, 'ExpiredToken', 'The security token included in the request is expired'),
    { code: 'SESSION_EXPIRED', fix: expect.stringContaining('Sign in again') },
  ],
  [
    '1 a clock that cannot be worked around',
    'identity',
    'GetCallerIdentity',
    error(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    ),
    { code: 'CLOCK_SKEWED', fix: expect.stringContaining('Set the clock') },
  ],
  [
    '1 a region that is switched off',
    'identity',
    'GetCallerIdentity',
    error(403, 'RegionDisabledException', 'STS is not activated in this region for account:123456789012.'),
    { code: 'CREDENTIALS_INVALID', fix: expect.stringContaining('enable the region') },
  ],
  [
    '2 a malformed ARN',
    'assume-role',
    'AssumeRole',
    error(400, 'ValidationError', "1 validation error detected: Value 'x' at 'roleArn' failed …"),
    { code: 'INPUT_INVALID', field: 'roleArn', fix: expect.stringContaining('letter by letter') },
  ],
  [
    '2 the caller may not assume roles',
    'assume-role',
    'AssumeRole',
    denied(
      'sts:AssumeRole',
      'because no identity-based policy allows the sts:AssumeRole action',
      'arn:aws:iam::1:role/r',
    ),
    {
      fix: expect.stringContaining('Your own identity may not'),
      statement: expect.stringContaining('sts:AssumeRole'),
    },
  ],
  [
    '2 an explicit deny of the caller',
    'assume-role',
    'AssumeRole',
    denied('sts:AssumeRole', 'with an explicit deny in an identity-based policy', 'arn:aws:iam::1:role/r'),
    { fix: expect.stringContaining('Take that deny out') },
  ],
  [
    '2 the role does not trust, in detail',
    'assume-role',
    'AssumeRole',
    denied(
      'sts:AssumeRole',
      'because no role trust policy allows the sts:AssumeRole action',
      'arn:aws:iam::1:role/r',
    ),
    {
      statement: expect.stringContaining(externalId),
      remedies: [expect.objectContaining({ kind: 'command' })],
    },
  ],
  [
    '2 and bare',
    'assume-role',
    'AssumeRole',
    error(403, 'AccessDenied', 'Access Denied'),
    {
      statement: expect.stringContaining(externalId),
      remedies: [expect.objectContaining({ kind: 'command' })],
    },
  ],
  [
    '5 another region, by a redirect',
    'bucket',
    'HeadBucket',
    {
      ...error(301, 'PermanentRedirect', ''),
      headers: { 'x-amz-bucket-region': 'eu-west-1' },
    } as Interception,
    {
      code: 'BUCKET_WRONG_REGION',
      fix: 'The bucket is in eu-west-1. Use it.',
      region: 'eu-west-1',
      field: 'region',
    },
  ],
  [
    '5 another region, by a bad request',
    'bucket',
    'HeadBucket',
    { ...error(400, 'BadRequest', ''), headers: { 'x-amz-bucket-region': 'eu-west-1' } } as Interception,
    { code: 'BUCKET_WRONG_REGION', fix: 'The bucket is in eu-west-1. Use it.' },
  ],
  ['5 not looked at', 'bucket', 'HeadBucket', error(403, 'AccessDenied', ''), { verdict: 'skipped' }],
  [
    '5 no such bucket',
    'bucket',
    'HeadBucket',
    error(404, 'NoSuchBucket', ''),
    { code: 'BUCKET_NOT_FOUND', field: 'bucket', fix: expect.stringMatching(/Correct the name, or create/) },
  ],
  ...[true, false].map(
    (bare) =>
      [
        `6 the list, ${bare ? 'bare' : 'in detail'}`,
        'list',
        'ListObjectsV2',
        bare
          ? error(403, 'AccessDenied', 'Access Denied')
          : denied('s3:ListBucket', 'because no identity-based policy allows the s3:ListBucket action'),
        {
          statement: expect.stringMatching(/s3:ListBucket[\s\S]*in\/\*/),
          fix: expect.stringContaining('Add this statement'),
        },
      ] as const,
  ),
  [
    '7 a bucket policy says no',
    'put',
    'PutObject',
    denied('s3:PutObject', 'with an explicit deny in a resource-based policy'),
    {
      fix: expect.stringMatching(/bucket policy.*encryption/),
      remedies: [
        {
          kind: 'command',
          label: 'Show the bucket policy',
          text: expect.stringContaining('get-bucket-policy'),
        },
        expect.objectContaining({ kind: 'request' }),
      ],
    },
  ],
  [
    '7 a service control policy says no',
    'put',
    'PutObject',
    denied(
      's3:PutObject',
      'with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/service_control_policy/p-1',
    ),
    {
      fix: expect.stringContaining('service control policy'),
      remedies: [
        expect.objectContaining({ kind: 'request', text: expect.stringMatching(/Policy: arn:\S+p-1\n/) }),
      ],
    },
  ],
  [
    '7 the key of the bucket',
    'put',
    'PutObject',
    denied(
      'kms:GenerateDataKey',
      'because no identity-based policy allows the kms:GenerateDataKey action',
      'arn:aws:kms:us-east-1:1:key/k',
    ),
    {
      code: 'KMS_DENIED',
      statement: expect.stringMatching(/kms:GenerateDataKey[\s\S]*kms:Decrypt[\s\S]*key\/k/),
      remedies: expect.arrayContaining([
        expect.objectContaining({ kind: 'statement', label: expect.stringContaining('key policy') }),
      ]),
    },
  ],
  [
    '7 a key that is switched off',
    'put',
    'PutObject',
    error(400, 'KMS.DisabledException', 'arn:aws:kms:us-east-1:1:key/k is disabled.'),
    { code: 'KMS_KEY_UNUSABLE', fix: expect.stringContaining('be enabled') },
  ],
  [
    '7 ACLs are off',
    'put',
    'PutObject',
    error(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs'),
    { code: 'DESTINATION_FAILED', fix: expect.stringContaining('x-amz-acl') },
  ],
  [
    '8 the file cannot be read',
    'get',
    'GetObject',
    error(403, 'AccessDenied', 'Access Denied'),
    { statement: expect.stringContaining('s3:GetObject'), fix: expect.stringContaining('kms:Decrypt') },
  ],
  [
    '8 for want of its key',
    'get',
    'GetObject',
    denied(
      'kms:Decrypt',
      'because no identity-based policy allows the kms:Decrypt action',
      'arn:aws:kms:us-east-1:1:key/k',
    ),
    { code: 'KMS_DENIED', statement: expect.stringContaining('kms:Decrypt') },
  ],
  [
    '9 the abort',
    'abort',
    'AbortMultipartUpload',
    error(403, 'AccessDenied', 'Access Denied'),
    {
      verdict: 'warning',
      statement: expect.stringContaining('s3:AbortMultipartUpload'),
      remedies: expect.arrayContaining([
        expect.objectContaining({ text: expect.stringContaining('AbortIncompleteMultipartUpload') }),
      ]),
    },
  ],
  [
    'throttled for good',
    'put',
    'PutObject',
    error(503, 'SlowDown', 'Please reduce your request rate.'),
    { code: 'THROTTLED', fix: expect.stringContaining('Wait a minute') },
  ],
  [
    'busy, without a word',
    'bucket',
    'HeadBucket',
    error(503, 'ServiceUnavailable', ''),
    { code: 'THROTTLED' },
  ],
  [
    'a proxy that wants a password',
    'list',
    'ListObjectsV2',
    error(407, 'ProxyAuthenticationRequired', ''),
    { code: 'PROXY_FAILED' },
  ],
];

describe('the diagnosis', () => {
  it.each(rows)('%s', async (name, check, operation, interception, expected) => {
    const line = await lineOf(check, operation, interception);
    expect(line).toMatchObject(expected);
    // An allow beside a deny would help nobody.
    if (/ deny |says no/.test(name)) expect(line).not.toHaveProperty('statement');
    expect(await rig.objects()).toEqual([]);
    expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
  });

  it('what is throttled once is tried again', async () => {
    let times = 0;
    const line = await lineOf(
      'put',
      'PutObject',
      error(503, 'SlowDown', 'Slow.'),
      rig.role(),
      () => times++ === 0,
    );
    expect(line?.verdict).toBe('passed');
  });

  it('a session that is called expired once is opened anew', async () => {
    let times = 0;
    const over = error(400, 'ExpiredToken', 'The provided token has expired.');
    const line = await lineOf('put', 'PutObject', over, rig.role(), () => times++ === 0);
    expect(line?.verdict).toBe('passed');
  });

  it('a clock an hour off is worked around, and said', async () => {
    skew = 3_600_000;
    const { checks } = await tested(rig.role(), rig.context);
    expect(checks.find(({ check }) => check === 'identity')).toMatchObject({
      ...{ verdict: 'warning', fix: expect.stringContaining('Set the clock') },
      cause: expect.stringContaining('60 minutes behind'),
    });
    expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  });

  it('the host name of a bucket that is not found: path style', async () => {
    const settings = rig.keys({ endpoint: 'http://s3.invalid', pathStyle: false });
    const { stsEndpoint: _, ...withoutSts } = settings;
    const line = (await tested(withoutSts, rig.context)).checks.at(-1);
    expect(line).toMatchObject({ check: 'bucket', code: 'DESTINATION_UNREACHABLE', field: 'endpoint' });
    expect(line?.fix).toContain('path style');
  });

  it('a role of another partition is refused before anybody is asked', async () => {
    const { endpoint: _, stsEndpoint: __, ...settings } = rig.role({}, 'arn:aws-cn:iam::123456789012:role/r');
    const { checks } = await tested(settings, rig.context);
    expect(checks).toMatchObject([{ check: 'settings', verdict: 'failed', field: 'roleArn' }]);
    expect(rig.faults.calls).toEqual([]);
  });
});

describe('buckets of many kinds', () => {
  let buckets = 0;
  const allow = (policy: object, name = 'permissions') =>
    iam.send(
      new PutRolePolicyCommand({
        RoleName: 'loader',
        PolicyName: name,
        PolicyDocument: JSON.stringify(policy),
      }),
    );

  async function another(name = `bucket-${++buckets}`, locked = false): Promise<DestinationSettings> {
    await s3.send(
      new CreateBucketCommand({ Bucket: name, ...(locked ? { ObjectLockEnabledForBucket: true } : {}) }),
    );
    await allow(loaderPolicy(name));
    return rig.role({ bucket: name });
  }
  const versionsIn = async (Bucket: string) => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    return [...Versions, ...DeleteMarkers];
  };

  it('with a dot in its name', async () => {
    const settings = await another('with.dots.in-it');
    expect(verdicts((await tested({ ...settings, pathStyle: false }, rig.context)).checks)).not.toContain(
      'put: failed',
    );
    const { endpoint: _, stsEndpoint: __, ...atAws } = settings;
    const { value } = await (await import('../../src/main/access/connection-test/settings-check.ts'))
      .checkSettings({ ...atAws, pathStyle: false })
      .next();
    expect(value).toMatchObject({ verdict: 'warning', cause: expect.stringContaining('dot') });
  });

  it('of which only a prefix may be used', async () => {
    const settings = await another();
    await allow(
      permissionsPolicy({
        ...{ bucket: settings.bucket, pathPrefix: 'in', scope: 'prefix', partition: 'aws', withAbort: true },
      }),
    );
    const { checks } = await tested(settings, rig.context);
    expect(checks.filter(({ verdict }) => verdict !== 'passed')).toMatchObject([
      { check: 'bucket', verdict: 'skipped' },
    ]);
  });

  it('that keeps versions: what stays is told with key and date; with the right to it, nothing stays', async () => {
    const settings = await another();
    const { bucket } = settings;
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
    const first = (await tested(settings, rig.context)).checks.find(({ check }) => check === 'delete');
    expect(first?.verdict).toBe('passed');
    expect(first?.cause).toMatch(/keeps versions: in\/\.sluice-test-\S+ of \d{4}-\d\d-\d\dT\S+ stays/);
    expect(await versionsIn(bucket)).toHaveLength(2);
    const Statement = [
      { Effect: 'Allow', Action: 's3:DeleteObjectVersion', Resource: `arn:aws:s3:::${bucket}/*` },
    ];
    await allow({ Version: '2012-10-17', Statement }, 'versions');
    const second = (await tested(settings, rig.context)).checks.find(({ check }) => check === 'delete');
    expect(second).toEqual({ check: 'delete', verdict: 'passed' });
    expect(await versionsIn(bucket)).toHaveLength(2);
  });

  it('that locks its files', async () => {
    const settings = await another(undefined, true);
    const Rule = { DefaultRetention: { Mode: 'GOVERNANCE' as const, Days: 1 } };
    await s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket: settings.bucket,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule },
      }),
    );
    const { checks } = await tested(settings, rig.context);
    expect(checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(checks.at(-1)?.cause).toMatch(/keeps versions: in\/\.sluice-test-\S+ of \S+ stays/);
  });

  it('that is encrypted with a key: both rights in one statement, which mends it', async () => {
    const settings = await another();
    const key = rig.sandbox.createKmsKey();
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: key },
    };
    await s3.send(
      new PutBucketEncryptionCommand({
        Bucket: settings.bucket,
        ServerSideEncryptionConfiguration: { Rules: [rule] },
      }),
    );
    const put = (await tested(settings, rig.context)).checks.find(({ check }) => check === 'put');
    expect(put).toMatchObject({ verdict: 'failed', code: 'KMS_DENIED' });
    const Statement = [JSON.parse(put?.statement ?? '')];
    await allow({ Version: '2012-10-17', Statement }, 'key');
    expect(
      (await tested(settings, rig.context)).checks.filter(({ verdict }) => verdict !== 'passed'),
    ).toEqual([]);
    rig.sandbox.disableKmsKey(key);
    const off = (await tested(settings, rig.context)).checks.find(({ check }) => check === 'put');
    expect(off).toMatchObject({ verdict: 'failed', code: 'KMS_KEY_UNUSABLE' });
  });

  it('whose policy denies what is not encrypted as it wants', async () => {
    const settings = await another();
    const Bucket = settings.bucket;
    const Statement = [
      {
        ...{ Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/*` },
        Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
      },
    ];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const put = (await tested(settings, rig.context)).checks.find(({ check }) => check === 'put');
    expect(put).toMatchObject({ verdict: 'failed', fix: expect.stringContaining('bucket policy') });
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  });
});
