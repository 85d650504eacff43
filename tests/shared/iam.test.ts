import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../src/shared/errors.ts';
import {
  assumeRoleStatement,
  bucketActions,
  type PolicyTarget,
  permissionsPolicy,
  printPolicy,
  statementFor,
  trustPolicy,
} from '../../src/shared/iam.ts';
import { namedPrincipal, principalOf } from '../../src/shared/iam-principal.ts';

const bucket: PolicyTarget = { bucket: 'acme-lake', pathPrefix: '', scope: 'bucket', partition: 'aws' };
const prefix: PolicyTarget = { ...bucket, pathPrefix: 's3-dest', scope: 'prefix' };
const externalId = 'd12d74f4-d647-4929-a5a6-d329afd916f4';

function errorOf(act: () => unknown): SluiceError {
  try {
    act();
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the permissions policy', () => {
  it('grants four actions on the whole bucket', () => {
    expect(JSON.stringify(permissionsPolicy({ ...bucket, withAbort: false }))).toBe(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'SluiceListBucket',
            Effect: 'Allow',
            Action: ['s3:ListBucket'],
            Resource: 'arn:aws:s3:::acme-lake',
          },
          {
            Sid: 'SluiceObjects',
            Effect: 'Allow',
            Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
            Resource: 'arn:aws:s3:::acme-lake/*',
          },
        ],
      }),
    );
  });

  it('narrows to the path prefix on request', () => {
    const [list, objects] = permissionsPolicy({ ...prefix, withAbort: false }).Statement;
    expect(list?.Resource).toBe('arn:aws:s3:::acme-lake');
    expect(list?.Condition).toEqual({ StringLike: { 's3:prefix': ['s3-dest/*'] } });
    expect(objects?.Resource).toBe('arn:aws:s3:::acme-lake/s3-dest/*');
    expect(objects?.Condition).toBeUndefined();
  });

  it('leaves the bucket whole where only a path prefix is given, or only the scope', () => {
    const whole = permissionsPolicy({ ...bucket, withAbort: false });
    expect(permissionsPolicy({ ...bucket, pathPrefix: 's3-dest', withAbort: false })).toEqual(whole);
    expect(permissionsPolicy({ ...bucket, scope: 'prefix', withAbort: false })).toEqual(whole);
    expect(permissionsPolicy({ ...bucket, scope: 'prefix', pathPrefix: ' / ', withAbort: false })).toEqual(
      whole,
    );
  });

  it('adds the abort on request, to the objects', () => {
    const without = permissionsPolicy({ ...prefix, withAbort: false }).Statement;
    const [list, objects] = permissionsPolicy({ ...prefix, withAbort: true }).Statement;
    expect(JSON.stringify(without)).not.toContain('Abort');
    expect(list).toEqual(without[0]);
    expect(objects).toEqual({
      ...without[1],
      Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
    });
  });

  it('is written in the ARNs of its partition', () => {
    for (const partition of ['aws-cn', 'aws-us-gov', 'aws-eusc']) {
      const text = JSON.stringify(permissionsPolicy({ ...prefix, partition, withAbort: true }));
      expect(text.match(/arn:[^:]+:/g)).toEqual([`arn:${partition}:`, `arn:${partition}:`]);
    }
    expect(errorOf(() => permissionsPolicy({ ...bucket, partition: 'gcp', withAbort: true })).code).toBe(
      'INPUT_INVALID',
    );
  });

  it.each([
    ['a*b', 'a${*}b'],
    ['a?b', 'a${?}b'],
    ['a$b', 'a${$}b'],
    ['$*?', '${$}${*}${?}'],
    ['/a/b c/', 'a/b c'],
  ])('takes the path prefix %s literally, as %s', (pathPrefix, literal) => {
    const [list, objects] = permissionsPolicy({ ...prefix, pathPrefix, withAbort: false }).Statement;
    expect(list?.Condition).toEqual({ StringLike: { 's3:prefix': [`${literal}/*`] } });
    expect(objects?.Resource).toBe(`arn:aws:s3:::acme-lake/${literal}/*`);
  });

  it('cannot be widened by a policy variable, a wildcard bucket or a climbing prefix', () => {
    const make = (change: Partial<PolicyTarget>) => () =>
      permissionsPolicy({ ...prefix, ...change, withAbort: false });
    expect(errorOf(make({ pathPrefix: '${aws:username}' })).code).toBe('PATH_INVALID');
    expect(errorOf(make({ pathPrefix: 'a/../b' })).code).toBe('PATH_INVALID');
    expect(errorOf(make({ bucket: '*' })).code).toBe('INPUT_INVALID');
    expect(errorOf(make({ bucket: 'acme*' })).code).toBe('INPUT_INVALID');
    expect(errorOf(make({ bucket: 'acme/x' })).code).toBe('INPUT_INVALID');
  });
});

describe('a single statement', () => {
  it('is what the policy grants, right by right', () => {
    for (const target of [bucket, prefix]) {
      const [list, objects] = permissionsPolicy({ ...target, withAbort: true }).Statement;
      for (const action of bucketActions) {
        const { Sid: _, ...granted } = (action === 's3:ListBucket' ? list : objects) ?? {
          Effect: 'Allow',
          Action: [],
        };
        expect(statementFor(action, target)).toEqual({ ...granted, Action: [action] });
      }
    }
  });

  it('lets the caller assume the role', () => {
    const arn = 'arn:aws:iam::123456789012:role/R';
    expect(assumeRoleStatement(arn)).toEqual({ Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: arn });
  });
});

describe('the principal', () => {
  const account = 'arn:aws:iam::123456789012';

  it.each([
    `${account}:user/ann`,
    `${account}:user/team/x/ann@acme.io`,
    `${account}:role/R`,
    `${account}:role/a/b/R`,
  ])('is %s itself', (arn) => {
    expect(principalOf(arn)).toEqual({ aws: arn });
    expect(namedPrincipal(arn)).toEqual({ aws: arn });
  });

  it('of a role session is the account, narrowed to roles of that name', () => {
    expect(principalOf('arn:aws-cn:sts::123456789012:assumed-role/Build/i-0123')).toEqual({
      aws: 'arn:aws-cn:iam::123456789012:root',
      arnLike: ['arn:aws-cn:iam::123456789012:role/Build', 'arn:aws-cn:iam::123456789012:role/*/Build'],
    });
  });

  it.each([
    'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Data_Admins_0123456789abcdef/ann@acme.io',
    `${account}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Data_Admins_0123456789abcdef`,
    `${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Data_Admins_0123456789abcdef`,
  ])('of %s survives a new assignment of the permission set', (arn) => {
    expect(principalOf(arn)).toEqual({
      aws: `${account}:root`,
      arnLike: [
        `${account}:role/aws-reserved/sso.amazonaws.com*/AWSReservedSSO_Data_Admins_????????????????`,
      ],
    });
  });

  it.each([
    [`${account}:root`, 'root user'],
    ['arn:aws:sts::123456789012:federated-user/ann', 'federation token'],
    ['*', 'not an ARN'],
    ['', 'not an ARN'],
    ['123456789012', 'not an ARN'],
    ['arn:aws:s3:::bucket', 'not an IAM user'],
    [`${account}:user/*`, 'not an IAM user'],
    [`${account}:group/g`, 'not an IAM user'],
    ['arn:aws:sts::123456789012:assumed-role/*/S', 'not an IAM user'],
    ['arn:aws:sts::123456789012:assumed-role/R', 'not an IAM user'],
  ])('is not %s', (arn, words) => {
    const error = errorOf(() => principalOf(arn));
    expect(error.code).toBe('INPUT_INVALID');
    expect(error.message).toContain(words);
  });

  it('may be a whole account when somebody says so', () => {
    expect(namedPrincipal(`${account}:root`)).toEqual({ aws: `${account}:root` });
    expect(errorOf(() => namedPrincipal('*')).code).toBe('INPUT_INVALID');
    expect(errorOf(() => namedPrincipal('arn:aws:iam::*:root')).code).toBe('INPUT_INVALID');
  });
});

describe('the trust policy', () => {
  it('lets a user in with the external ID only', () => {
    const principal = principalOf('arn:aws:iam::123456789012:user/ann');
    expect(JSON.stringify(trustPolicy({ principal, externalId }))).toBe(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'SluiceAssumeRole',
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::123456789012:user/ann' },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'sts:ExternalId': externalId } },
          },
        ],
      }),
    );
  });

  it('asks for both the external ID and the role of a session', () => {
    const principal = principalOf('arn:aws:sts::123456789012:assumed-role/Build/s');
    const [statement] = trustPolicy({ principal, externalId }).Statement;
    expect(statement?.Principal).toEqual({ AWS: 'arn:aws:iam::123456789012:root' });
    expect(statement?.Condition).toEqual({
      StringEquals: { 'sts:ExternalId': externalId },
      ArnLike: {
        'aws:PrincipalArn': [
          'arn:aws:iam::123456789012:role/Build',
          'arn:aws:iam::123456789012:role/*/Build',
        ],
      },
    });
  });

  it.each(['', 'a', 'a*', 'a b', '${aws:username}'])('refuses the external ID %j', (wrong) => {
    const principal = principalOf('arn:aws:iam::123456789012:user/ann');
    expect(errorOf(() => trustPolicy({ principal, externalId: wrong })).code).toBe('INPUT_INVALID');
  });

  it('is at most 2,048 characters long', () => {
    const name = 'r'.repeat(64);
    const session = principalOf(`arn:aws-us-gov:sts::123456789012:assumed-role/${name}/s`);
    const longest = 'x'.repeat(1224);
    expect(
      JSON.stringify(trustPolicy({ principal: session, externalId: longest })).length,
    ).toBeLessThanOrEqual(2048);
    const path = `${'p'.repeat(510)}/`;
    const user = principalOf(`arn:aws-us-gov:iam::123456789012:user/${path}${'u'.repeat(64)}`);
    expect(JSON.stringify(trustPolicy({ principal: user, externalId: longest })).length).toBeLessThanOrEqual(
      2048,
    );
    const many = { aws: user.aws, arnLike: [user.aws, user.aws] };
    const error = errorOf(() => trustPolicy({ principal: many, externalId: longest }));
    expect(error.code).toBe('INPUT_INVALID');
    expect(Number(error.details.length)).toBeGreaterThan(2048);
  });
});

describe('a printed policy', () => {
  it('is ASCII that reads back the same', () => {
    const policy = permissionsPolicy({ ...prefix, pathPrefix: 'größe/表/😀', withAbort: true });
    const text = printPolicy(policy);
    expect(text).toMatch(/^[\n -~]+$/);
    expect(JSON.parse(text)).toEqual(policy);
  });
});
