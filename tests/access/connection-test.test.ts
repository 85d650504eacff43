import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testConnection } from '../../src/main/access/connection-test/index.ts';
import { trustPolicy } from '../../src/shared/iam.ts';
import { loaderPolicy } from '../support/loader-policy.ts';
import { type AccessRig, bucketName, checksOf, externalId, startAccessRig, verdicts } from './rig.ts';

let rig: AccessRig;
beforeAll(async () => {
  rig = await startAccessRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => {
  rig.faults.intercept = undefined;
  rig.faults.calls.length = 0;
});

const ofRole = [
  'settings',
  'identity',
  'assume-role',
  'assume-role-without-external-id',
  'assume-role-with-wrong-external-id',
];
const ofBucket = ['bucket', 'list', 'put', 'get', 'abort', 'delete'];
const passed = (checks: readonly string[]): string[] => checks.map((check) => `${check}: passed`);

describe('a right set-up', () => {
  it('of a role passes every check and leaves nothing', async () => {
    expect(verdicts(await checksOf(rig.role(), rig.context))).toEqual(passed([...ofRole, ...ofBucket]));
    expect(await rig.objects()).toEqual([]);
    expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
  });

  it('of access keys passes without a role', async () => {
    const checks = await checksOf(rig.keys(), rig.context);
    expect(verdicts(checks)).toEqual(passed(['settings', 'identity', ...ofBucket]));
    expect(checks[1]?.cause).toContain(rig.sandbox.user.arn);
    expect(await rig.objects()).toEqual([]);
  });

  it('of an endpoint without STS says that it cannot tell who signs', async () => {
    const { stsEndpoint: _, ...settings } = rig.keys();
    const checks = await checksOf(settings, rig.context);
    expect(verdicts(checks)).toEqual(['settings: passed', 'identity: skipped', ...passed(ofBucket)]);
    expect(rig.faults.calls.some(({ service }) => service === 'sts')).toBe(false);
  });

  it('writes where a load would, and only there', async () => {
    for (const pathPrefix of ['in', 'a/b', '']) {
      rig.faults.calls.length = 0;
      await checksOf(rig.keys({ pathPrefix }), rig.context);
      const put = rig.faults.calls.find(({ operation }) => operation === 'PutObject');
      const folder = pathPrefix === '' ? '' : `${pathPrefix}/`;
      expect(put?.key).toMatch(new RegExp(`^${folder}\\.sluice-test-[0-9a-f-]{36}$`));
    }
  });
});

describe('a right that is missing', () => {
  const reasons = { bare: true, 'with a reason': 'no identity-based policy allows the action' } as const;
  const rights = [
    ['list', 'ListObjectsV2', 's3:ListBucket', `arn:aws:s3:::${bucketName}`],
    ['put', 'PutObject', 's3:PutObject', `arn:aws:s3:::${bucketName}/in/*`],
    ['get', 'GetObject', 's3:GetObject', `arn:aws:s3:::${bucketName}/in/*`],
    ['delete', 'DeleteObject', 's3:DeleteObject', `arn:aws:s3:::${bucketName}/in/*`],
  ] as const;
  const cases = Object.entries(reasons).flatMap(([name, deny]) =>
    rights.map((right) => [name, deny, ...right] as const),
  );

  it.each(cases)(
    '%s: fails its check alone, with its statement (%s, %s)',
    async (_name, deny, check, operation, action, resource) => {
      rig.faults.intercept = (call) => (call.operation === operation ? { deny } : undefined);
      const checks = await checksOf(rig.role(), rig.context);
      const failures = checks.filter(({ verdict }) => verdict === 'failed');
      expect(failures.map((failure) => failure.check)).toEqual([check]);
      const [failure] = failures;
      expect(failure).toMatchObject({ code: 'ACCESS_DENIED', fix: expect.stringContaining('the role') });
      expect(failure?.cause).toContain(action);
      expect(JSON.parse(failure?.statement ?? '')).toMatchObject({
        ...{ Effect: 'Allow', Action: [action], Resource: resource },
      });
      expect(failure?.remedies?.[0]).toMatchObject({
        kind: 'command',
        text: expect.stringMatching(/^aws iam put-role-policy --role-name 'loader' /),
      });
      if (check === 'put')
        expect(verdicts(checks).slice(-3)).toEqual(['get: skipped', 'abort: skipped', 'delete: skipped']);
      rig.faults.intercept = undefined;
      if (check !== 'delete') {
        expect(await rig.objects()).toEqual([]);
        return;
      }
      // Nobody may delete it: the test says which file stays.
      const [kept = '?'] = await rig.objects();
      expect(checks.at(-1)).toMatchObject({ check: 'clean-up', verdict: 'warning' });
      expect(checks.at(-1)?.cause).toContain(kept);
      await removeAll();
    },
  );
});

/** Deletes what a test leaves on purpose. */
async function removeAll(): Promise<void> {
  const { openBucket } = await import('../../src/main/access/bucket.ts');
  using bucket = openBucket(rig.keys(), rig.context);
  for (const key of await rig.objects()) await bucket.delete(key);
}

describe('a role', () => {
  const roleWith = (name: string, policy: object) =>
    rig.role(
      {},
      rig.sandbox.createRole({ name, trustPolicy: policy, permissionsPolicy: loaderPolicy(bucketName) }),
    );
  const trust = (condition: object | undefined, aws = rig.sandbox.user.arn) => ({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Principal: { AWS: aws }, Action: 'sts:AssumeRole' },
        ...(condition === undefined ? {} : { Condition: condition }),
      },
    ],
  });

  it('that is open without an external ID is refused, with the trust policy to paste', async () => {
    const checks = await checksOf(roleWith('open', trust(undefined)), rig.context);
    expect(verdicts(checks)).toEqual([
      ...passed(['settings', 'identity', 'assume-role']),
      ...['assume-role-without-external-id: failed', 'assume-role-with-wrong-external-id: failed'],
    ]);
    expect(checks[3]).toMatchObject({
      code: 'ROLE_OPEN',
      cause: expect.stringMatching(/without an external ID: .*no condition on the external ID/),
    });
    const wanted = trustPolicy({ principal: { aws: rig.sandbox.user.arn }, externalId });
    expect(JSON.parse(checks[3]?.statement ?? '')).toEqual(wanted);
  });

  it.each([
    ['without', 2, ['failed', 'passed']],
    ['with a wrong', 3, ['passed', 'failed']],
  ])('that is open %s external ID, and only so, is refused', async (_name, open, expected) => {
    const closed = trust({ StringEquals: { 'sts:ExternalId': externalId } });
    const settings = roleWith('half-open', closed);
    let assumed = 0;
    rig.faults.intercept = ({ operation }) => {
      if (operation === 'AssumeRole') {
        assumed += 1;
        rig.sandbox.createRole({
          name: 'half-open',
          permissionsPolicy: loaderPolicy(bucketName),
          trustPolicy: assumed === open ? trust(undefined) : closed,
        });
      }
      return undefined;
    };
    const checks = await checksOf(settings, rig.context);
    expect(checks.slice(3, 5).map(({ verdict }) => verdict)).toEqual(expected);
    expect(checks.find(({ verdict }) => verdict === 'failed')?.code).toBe('ROLE_OPEN');
  });

  it.each([
    [
      'that trusts somebody else',
      () =>
        roleWith(
          'other',
          trust({ StringEquals: { 'sts:ExternalId': externalId } }, 'arn:aws:iam::123456789012:role/loader'),
        ),
    ],
    [
      'that wants another ID',
      () => roleWith('other-id', trust({ StringEquals: { 'sts:ExternalId': 'another' } })),
    ],
    ['that does not exist', () => rig.role({}, 'arn:aws:iam::123456789012:role/nowhere')],
  ])('%s: the trust policy as it should be', async (_name, settings) => {
    const checks = await checksOf(settings(), rig.context);
    expect(verdicts(checks)).toEqual(['settings: passed', 'identity: passed', 'assume-role: failed']);
    expect(checks[2]).toMatchObject({
      code: 'ASSUME_ROLE_DENIED',
      fix: expect.stringContaining('trust policy'),
    });
    expect(checks[2]?.statement).toContain(externalId);
  });

  it('that the caller may not assume: the statement for the caller, not for the role', async () => {
    rig.faults.intercept = ({ operation }) =>
      operation === 'AssumeRole'
        ? { deny: 'no identity-based policy allows the sts:AssumeRole action' }
        : undefined;
    const [, , check] = await checksOf(rig.role(), rig.context);
    expect(check).toMatchObject({ verdict: 'failed', fix: expect.stringContaining('Your own identity') });
    expect(JSON.parse(check?.statement ?? '')).toMatchObject({ Action: ['sts:AssumeRole'] });
  });

  it('about which nothing could be told gets a warning, not a pass', async () => {
    let assumed = 0;
    rig.faults.intercept = ({ operation }) => {
      if (operation !== 'AssumeRole') return undefined;
      assumed += 1;
      return assumed === 1 ? undefined : { status: 400, code: 'ValidationError', message: 'Not this time.' };
    };
    const checks = await checksOf(rig.role(), rig.context);
    expect(verdicts(checks).slice(3, 5)).toEqual([
      'assume-role-without-external-id: warning',
      'assume-role-with-wrong-external-id: warning',
    ]);
  });
});

describe('a bucket out of reach', () => {
  it.each([
    ['that does not exist', { bucket: 'no-such-bucket-here' }, 'BUCKET_NOT_FOUND'],
    ['in another region', { region: 'eu-west-3', stsEndpoint: undefined }, 'BUCKET_WRONG_REGION'],
  ])('%s fails the first check alone', async (_name, changes, code) => {
    const { stsEndpoint: _, ...settings } = rig.keys(changes as object);
    const checks = (await checksOf(settings, rig.context)).filter(
      ({ check }) => !['settings', 'identity'].includes(check),
    );
    expect(checks).toEqual([expect.objectContaining({ check: 'bucket', verdict: 'failed', code })]);
    if (code === 'BUCKET_WRONG_REGION')
      expect(checks[0]).toMatchObject({
        fix: 'The bucket is in us-east-1. Use it.',
        field: 'region',
        region: 'us-east-1',
      });
    else expect(checks[0]?.field).toBe('bucket');
  });
});

describe('a test that does not end', () => {
  it.each(['GetCallerIdentity', 'AssumeRole', 'ListObjectsV2', 'PutObject', 'GetObject', 'DeleteObject'])(
    'cancelled during %s: leaves no file',
    async (operation) => {
      const cancel = new AbortController();
      rig.faults.intercept = async (call) => {
        if (call.operation !== operation || cancel.signal.aborted) return undefined;
        cancel.abort();
        await sleep(50);
        return undefined;
      };
      await expect(checksOf(rig.role(), rig.context, cancel.signal)).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      await sleep(100);
      expect(await rig.objects()).toEqual([]);
    },
  );

  it('because nobody listens any more after the file was written: leaves no file', async () => {
    const { signal } = new AbortController();
    for await (const step of testConnection(rig.role(), rig.context, { signal })) {
      if ('check' in step && step.check === 'put') break;
    }
    expect(rig.faults.calls.some(({ operation }) => operation === 'PutObject')).toBe(true);
    expect(await rig.objects()).toEqual([]);
  });

  it('because the answer to the put is lost: the second try finds the file of the first, which is ours', async () => {
    let lost = 0;
    rig.faults.intercept = ({ operation }) =>
      operation === 'PutObject' && lost++ === 0 ? { hangUp: 'after' } : undefined;
    expect(verdicts(await checksOf(rig.keys(), rig.context))).toEqual(
      passed(['settings', 'identity', ...ofBucket]),
    );
    expect(await rig.objects()).toEqual([]);
    expect(lost).toBe(2);
  });

  it('because the service does not answer: leaves no file', async () => {
    rig.faults.intercept = ({ operation }) => (operation === 'PutObject' ? { hangUp: 'before' } : undefined);
    const checks = await checksOf(rig.keys(), rig.context);
    expect(verdicts(checks)).toEqual([
      ...passed(['settings', 'identity', 'bucket', 'list']),
      ...['put: failed', 'get: skipped', 'abort: skipped', 'delete: skipped'],
    ]);
    expect(checks[4]?.code).toBe('DESTINATION_UNREACHABLE');
    expect(await rig.objects()).toEqual([]);
  });
});
