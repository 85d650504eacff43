/** Who may do what: signatures, policies of users, buckets and roles, sessions. */
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { expect } from 'vitest';
import { bucketWith, fresh, freshBucket, type Ground, group, refused, textOf } from './cases.ts';
import { documentOf, grant, iamOf, type Keys, makeRole, type Server, s3Of, stsOf } from './server.ts';

const allow = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...more,
});
const deny = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
  ...{ Effect: 'Deny', Action, Resource },
  ...more,
});
const arn = (bucket: string, path = ''): string => `arn:aws:s3:::${bucket}${path}`;

/** Runs with these statements as the user's only policy. */
async function as(
  server: Server,
  statements: readonly object[],
  run: (s3: S3Client) => Promise<void>,
): Promise<void> {
  await grant(server, statements);
  try {
    await run(s3Of(server, server.user));
  } finally {
    await grant(server, undefined);
  }
}

async function assume(
  server: Server,
  RoleArn: string,
  keys: Keys = server.user,
  more: object = {},
): Promise<Keys> {
  const { Credentials } = await stsOf(server, keys).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'parity', ...more }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

const trustUser = (server: Server, more: object = {}): object => ({
  ...{ Effect: 'Allow', Principal: { AWS: [server.user.arn] }, Action: ['sts:AssumeRole'] },
  ...more,
});

const put = (s3: S3Client, Bucket: string, Key: string) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
const get = (s3: S3Client, Bucket: string, Key: string) => s3.send(new GetObjectCommand({ Bucket, Key }));
const list = (s3: S3Client, Bucket: string, Prefix?: string) =>
  s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
const remove = (s3: S3Client, Bucket: string, Key: string) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key }));

export const access = group('access', {
  'an unknown access key [test_list_buckets_invalid_auth]': async ({ server, bucket }) => {
    const stranger = s3Of(server, { accessKeyId: 'AKIAXXXXXXXXXXXXXXXX', secretAccessKey: 'nothing' });
    await refused(list(stranger, bucket), 403, 'InvalidAccessKeyId');
  },
  'a wrong secret [test_list_buckets_bad_auth]': async ({ server, bucket }) => {
    const wrong = s3Of(server, { ...server.owner, secretAccessKey: 'wrong' });
    await refused(list(wrong, bucket), 403, 'SignatureDoesNotMatch');
  },
  'a clock that is an hour late [test_object_create_bad_date_before_today_aws2]': async ({
    server,
    bucket,
  }) => {
    const late = s3Of(server, server.owner, { systemClockOffset: -3_600_000 });
    await refused(list(late, bucket), 403, 'RequestTimeTooSkewed');
  },
  'a clock that is an hour early [test_object_create_bad_date_after_today_aws2]': async ({
    server,
    bucket,
  }) => {
    const early = s3Of(server, server.owner, { systemClockOffset: 3_600_000 });
    await refused(list(early, bucket), 403, 'RequestTimeTooSkewed');
  },
  'without a signature [test_object_raw_get_bucket_acl]': async ({ server, bucket }) => {
    const answer = await fetch(`${server.endpoint}/${bucket}/anything`);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
  },
  'nothing is allowed by itself': async (ground) => {
    const Bucket = await bucketWith(ground, ['a']);
    const other = s3Of(ground.server, ground.server.user);
    await refused(put(other, Bucket, 'b'), 403, 'AccessDenied');
    await refused(list(other, Bucket), 403, 'AccessDenied');
    await refused(get(other, Bucket, 'a'), 403, 'AccessDenied');
    await refused(remove(other, Bucket, 'a'), 403, 'AccessDenied');
  },
  ...Object.fromEntries(
    (
      [
        ['s3:PutObject', (s3, bucket) => put(s3, bucket, 'new')],
        ['s3:GetObject', (s3, bucket) => get(s3, bucket, 'a')],
        ['s3:DeleteObject', (s3, bucket) => remove(s3, bucket, 'a')],
        ['s3:ListBucket', (s3, bucket) => list(s3, bucket)],
      ] as [string, (s3: S3Client, bucket: string) => Promise<unknown>][]
    ).flatMap(([action, act], at, all) => [
      [
        `a user's policy allows ${action}, and only that [test_user_policy: ${action}]`,
        async (ground: Ground) => {
          const Bucket = await bucketWith(ground, ['a']);
          await as(ground.server, [allow(action, [arn(Bucket), arn(Bucket, '/*')])], async (s3) => {
            for (const [other, run] of all.filter((item) => item[0] !== action)) {
              await refused(run(s3, Bucket), 403, 'AccessDenied').catch((reason: unknown) => {
                throw new Error(`${other}: ${String(reason)}`);
              });
            }
            await act(s3, Bucket);
          });
        },
      ],
      [
        `a deny of ${action} wins over everything [test_deny_bucket_actions_in_user_policy: ${at}]`,
        async (ground: Ground) => {
          const Bucket = await bucketWith(ground, ['a']);
          const statements = [allow('s3:*', '*'), deny(action, [arn(Bucket), arn(Bucket, '/*')])];
          await as(ground.server, statements, async (s3) => {
            await refused(act(s3, Bucket), 403, 'AccessDenied');
            for (const [, run] of all.filter((item) => item[0] !== action)) await run(s3, Bucket);
          });
        },
      ],
    ]),
  ),
  'a missing key is told only to who may list': async (ground) => {
    const Bucket = await freshBucket(ground);
    await as(ground.server, [allow('s3:GetObject', arn(Bucket, '/*'))], async (s3) => {
      await refused(get(s3, Bucket, 'missing'), 403, 'AccessDenied');
      await refused(s3.send(new HeadObjectCommand({ Bucket, Key: 'missing' })), 403);
    });
    const both = [allow('s3:GetObject', arn(Bucket, '/*')), allow('s3:ListBucket', arn(Bucket))];
    await as(ground.server, both, async (s3) => {
      await refused(get(s3, Bucket, 'missing'), 404, 'NoSuchKey');
    });
  },
  'only below a prefix': async (ground) => {
    const Bucket = await bucketWith(ground, ['in/a', 'out/a']);
    await as(ground.server, [allow(['s3:GetObject', 's3:PutObject'], arn(Bucket, '/in/*'))], async (s3) => {
      await get(s3, Bucket, 'in/a');
      await put(s3, Bucket, 'in/b');
      await refused(get(s3, Bucket, 'out/a'), 403, 'AccessDenied');
      await refused(put(s3, Bucket, 'out/b'), 403, 'AccessDenied');
    });
  },
  'a listing only below a prefix [test_bucket_policy_list_bucket with s3:prefix]': async (ground) => {
    const Bucket = await bucketWith(ground, ['in/a', 'out/a']);
    const Condition = { StringLike: { 's3:prefix': ['in/*'] } };
    await as(ground.server, [allow('s3:ListBucket', arn(Bucket), { Condition })], async (s3) => {
      const { Contents } = await list(s3, Bucket, 'in/');
      expect(Contents?.map(({ Key }) => Key)).toEqual(['in/a']);
      await refused(list(s3, Bucket, 'out/'), 403, 'AccessDenied');
      await refused(list(s3, Bucket), 403, 'AccessDenied');
    });
  },
  'wildcards in actions': async (ground) => {
    const Bucket = await bucketWith(ground, ['a']);
    await as(ground.server, [allow('s3:Get*', arn(Bucket, '/*'))], async (s3) => {
      await get(s3, Bucket, 'a');
      await refused(put(s3, Bucket, 'b'), 403, 'AccessDenied');
    });
  },
  'everything but [NotAction]': async (ground) => {
    const Bucket = await bucketWith(ground, ['a']);
    const statement = {
      Effect: 'Allow',
      NotAction: 's3:PutObject',
      Resource: [arn(Bucket), arn(Bucket, '/*')],
    };
    await as(ground.server, [statement], async (s3) => {
      await get(s3, Bucket, 'a');
      await refused(put(s3, Bucket, 'b'), 403, 'AccessDenied');
    });
  },
  'the right to abort an upload is one of its own': async (ground) => {
    const Bucket = await freshBucket(ground);
    await as(ground.server, [allow('s3:PutObject', arn(Bucket, '/*'))], async (s3) => {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'a' }));
      const abort = new AbortMultipartUploadCommand({ Bucket, Key: 'a', UploadId });
      await refused(s3.send(abort), 403, 'AccessDenied');
      await ground.s3.send(abort);
    });
  },
  'of several deletes each is decided by itself': async (ground) => {
    const Bucket = await bucketWith(ground, ['in/a', 'out/a']);
    await as(ground.server, [allow('s3:DeleteObject', arn(Bucket, '/in/*'))], async (s3) => {
      const Delete = { Objects: [{ Key: 'in/a' }, { Key: 'out/a' }] };
      const answer = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
      expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(['in/a']);
      expect(answer.Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([['out/a', 'AccessDenied']]);
    });
  },
  'a copy needs the right to read its source [test_bucket_policy_put_obj_copy_source]': async (ground) => {
    const Bucket = await bucketWith(ground, ['a']);
    const copy = (s3: S3Client, source: string) =>
      s3.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/${source}` }));
    await as(ground.server, [allow('s3:PutObject', arn(Bucket, '/*'))], async (s3) => {
      await refused(copy(s3, 'a'), 403, 'AccessDenied');
    });
    await as(ground.server, [allow(['s3:PutObject', 's3:GetObject'], arn(Bucket, '/*'))], async (s3) => {
      await copy(s3, 'a');
      await refused(copy(s3, 'missing'), 403, 'AccessDenied');
    });
  },
  'a user has a session of its own [test_get_session_token]': async (ground) => {
    const Bucket = await bucketWith(ground, ['a']);
    await as(ground.server, [allow(['s3:GetObject', 'sts:GetSessionToken'], '*')], async () => {
      const sts = stsOf(ground.server, ground.server.user);
      const { Credentials: found } = await sts.send(new GetSessionTokenCommand({}));
      const s3 = s3Of(ground.server, {
        accessKeyId: found?.AccessKeyId ?? '',
        secretAccessKey: found?.SecretAccessKey ?? '',
        sessionToken: found?.SessionToken ?? '',
      });
      await get(s3, Bucket, 'a');
      await refused(put(s3, Bucket, 'b'), 403, 'AccessDenied');
    });
  },
  'a bucket policy lets somebody in [test_bucket_policy]': async (ground) => {
    const Bucket = await bucketWith(ground, ['a']);
    const Policy = documentOf([
      allow('s3:ListBucket', [arn(Bucket), arn(Bucket, '/*')], {
        Principal: { AWS: ground.server.user.arn },
      }),
    ]);
    await ground.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const other = s3Of(ground.server, ground.server.user);
    expect((await list(other, Bucket)).Contents).toHaveLength(1);
    await refused(get(other, Bucket, 'a'), 403, 'AccessDenied');
  },
  'a bucket policy keeps everybody out': async (ground) => {
    const Bucket = await bucketWith(ground, ['a']);
    const Policy = documentOf([deny('s3:GetObject', arn(Bucket, '/*'), { Principal: '*' })]);
    await ground.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await as(ground.server, [allow('s3:*', '*')], async (s3) => {
      await refused(get(s3, Bucket, 'a'), 403, 'AccessDenied');
    });
  },
  'a bucket policy demands encryption [test_bucket_policy_put_obj_enc]': async (ground) => {
    const Bucket = await freshBucket(ground);
    const Condition = { StringNotEquals: { 's3:x-amz-server-side-encryption': 'AES256' } };
    const Policy = documentOf([deny('s3:PutObject', arn(Bucket, '/*'), { Principal: '*', Condition })]);
    await ground.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await as(ground.server, [allow('s3:*', '*')], async (s3) => {
      await refused(put(s3, Bucket, 'a'), 403, 'AccessDenied');
    });
  },
  'a bucket policy reads back, and goes [test_get_bucket_policy_status, test_bucket_policy_set_condition]':
    async (ground) => {
      const Bucket = await freshBucket(ground);
      await refused(ground.s3.send(new GetBucketPolicyCommand({ Bucket })), 404, 'NoSuchBucketPolicy');
      const Policy = documentOf([allow('s3:GetObject', arn(Bucket, '/*'), { Principal: '*' })]);
      await ground.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      const found = await ground.s3.send(new GetBucketPolicyCommand({ Bucket }));
      expect(JSON.parse(found.Policy ?? '')).toEqual(JSON.parse(Policy));
      await ground.s3.send(new DeleteBucketPolicyCommand({ Bucket }));
      await refused(ground.s3.send(new GetBucketPolicyCommand({ Bucket })), 404, 'NoSuchBucketPolicy');
    },
  'a bucket policy that is no policy': async (ground) => {
    const Bucket = await freshBucket(ground);
    await refused(
      ground.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: '{' })),
      400,
      'MalformedPolicy',
    );
  },
  'who am I': async ({ server }) => {
    const identity = await stsOf(server, server.user).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: server.accountId, Arn: server.user.arn });
  },
  'a role that trusts the user [test_assume_role_allow]': async (ground) => {
    const Bucket = await bucketWith(ground, ['a']);
    const role = await makeRole(ground.server, {
      name: fresh('role'),
      trust: [trustUser(ground.server)],
      grants: [allow('s3:*', '*')],
    });
    const s3 = s3Of(ground.server, await assume(ground.server, role));
    await put(s3, Bucket, 'b');
    expect(await textOf((await get(s3, Bucket, 'a')).Body)).toBe('a');
  },
  'a role whose policy denies [test_assume_role_deny]': async (ground) => {
    const Bucket = await freshBucket(ground);
    const role = await makeRole(ground.server, {
      name: fresh('role'),
      trust: [trustUser(ground.server)],
      grants: [deny('s3:*', '*')],
    });
    const s3 = s3Of(ground.server, await assume(ground.server, role));
    await refused(put(s3, Bucket, 'b'), 403, 'AccessDenied');
  },
  'a role without a policy may do nothing': async (ground) => {
    const Bucket = await freshBucket(ground);
    const trust = [trustUser(ground.server)];
    const role = await makeRole(ground.server, { name: fresh('role'), trust });
    const s3 = s3Of(ground.server, await assume(ground.server, role));
    await refused(list(s3, Bucket), 403, 'AccessDenied');
  },
  'a role that trusts somebody else [test_assume_role_with_different_user]': async ({ server }) => {
    const trust = [{ Effect: 'Allow', Principal: { AWS: [server.owner.arn] }, Action: ['sts:AssumeRole'] }];
    const role = await makeRole(server, { name: fresh('role'), trust });
    await refused(assume(server, role), 403);
  },
  'a role that does not exist': async ({ server }) => {
    const role = `arn:aws:iam::${server.accountId}:role/${fresh('nobody')}`;
    const error = await assume(server, role).catch((reason: unknown) => reason);
    expect((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode).toBe(403);
  },
  'a role whose trust wants an external ID, given and not given': async ({ server }) => {
    const Condition = { StringEquals: { 'sts:ExternalId': 'id-1' } };
    const role = await makeRole(server, { name: fresh('role'), trust: [trustUser(server, { Condition })] });
    await refused(assume(server, role), 403);
    await refused(assume(server, role, server.user, { ExternalId: 'id-2' }), 403);
    expect((await assume(server, role, server.user, { ExternalId: 'id-1' })).sessionToken).toBeTruthy();
  },
  'a session policy narrows [test_assume_role_with_session_policy]': async (ground) => {
    const Bucket = await bucketWith(ground, ['a']);
    const role = await makeRole(ground.server, {
      name: fresh('role'),
      trust: [trustUser(ground.server)],
      grants: [allow('s3:*', '*')],
    });
    const Policy = documentOf([allow('s3:GetObject', arn(Bucket, '/*'))]);
    const s3 = s3Of(ground.server, await assume(ground.server, role, ground.server.user, { Policy }));
    await get(s3, Bucket, 'a');
    await refused(put(s3, Bucket, 'b'), 403, 'AccessDenied');
  },
  'a session without its token [test_assume_role_creds_expiry]': async (ground) => {
    const role = await makeRole(ground.server, {
      name: fresh('role'),
      trust: [trustUser(ground.server)],
      grants: [allow('s3:*', '*')],
    });
    const { sessionToken: _, ...keys } = await assume(ground.server, role);
    await refused(list(s3Of(ground.server, keys), ground.bucket), 403, 'InvalidAccessKeyId');
  },
  'a session that is too short [test_assume_role: DurationSeconds]': async ({ server }) => {
    const role = await makeRole(server, { name: fresh('role'), trust: [trustUser(server)] });
    const error = await assume(server, role, server.user, { DurationSeconds: 899 }).catch(
      (reason: unknown) => reason,
    );
    expect((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode).toBe(400);
  },
  'a role is made, found and removed [test_role_create]': async ({ server }) => {
    const iam = iamOf(server);
    const RoleName = fresh('role');
    const AssumeRolePolicyDocument = documentOf([trustUser(server)]);
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    expect(Role?.Arn).toBe(`arn:aws:iam::${server.accountId}:role/${RoleName}`);
    expect((await iam.send(new GetRoleCommand({ RoleName }))).Role?.RoleName).toBe(RoleName);
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await refused(iam.send(new GetRoleCommand({ RoleName })), 404);
  },
  'a role of a name that is taken': async ({ server }) => {
    const RoleName = fresh('role');
    await makeRole(server, { name: RoleName, trust: [trustUser(server)] });
    const AssumeRolePolicyDocument = documentOf([trustUser(server)]);
    await refused(iamOf(server).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument })), 409);
  },
  'a trust policy that is no JSON': async ({ server }) => {
    const made = iamOf(server).send(
      new CreateRoleCommand({ RoleName: fresh('role'), AssumeRolePolicyDocument: '{' }),
    );
    const error = await made.catch((reason: unknown) => reason);
    expect((error as Error).name).toMatch(/^MalformedPolicyDocument/);
  },
  'policies of a role come and go [test_role_policy]': async ({ server }) => {
    const iam = iamOf(server);
    const RoleName = fresh('role');
    await makeRole(server, { name: RoleName, trust: [trustUser(server)] });
    const PolicyDocument = documentOf([allow('s3:GetObject', '*')]);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'one', PolicyDocument }));
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(['one']);
    const found = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'one' }));
    expect(JSON.parse(decodeURIComponent(found.PolicyDocument ?? ''))).toEqual(JSON.parse(PolicyDocument));
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'one' }));
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames ?? []).toEqual([]);
  },
  'a role is taken from its user': async ({ server }) => {
    const RoleName = fresh('role');
    const role = await makeRole(server, { name: RoleName, trust: [trustUser(server)] });
    await assume(server, role);
    const PolicyDocument = documentOf([
      { Effect: 'Allow', Principal: { AWS: [server.owner.arn] }, Action: ['sts:AssumeRole'] },
    ]);
    await iamOf(server).send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    await refused(assume(server, role), 403);
  },
  'a role with policies cannot be removed': async ({ server }) => {
    const RoleName = fresh('role');
    const grants = [allow('s3:GetObject', '*')];
    await makeRole(server, { name: RoleName, trust: [trustUser(server)], grants });
    await refused(iamOf(server).send(new DeleteRoleCommand({ RoleName })), 409);
  },
  'a managed policy is attached': async ({ server }) => {
    const RoleName = fresh('role');
    await makeRole(server, { name: RoleName, trust: [trustUser(server)] });
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    await iamOf(server).send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  },
});
