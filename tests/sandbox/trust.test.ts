/** Who may assume a role: the forms that a trust policy takes, and callers who may not, whatever it says. */
import { CreateRoleCommand, CreateUserCommand, DeleteUserCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentOf, iamOf } from '../parity/server.ts';
import { bucket, type Keys, refusal, type Started, s3Of, start, stsOf } from './start.ts';

let it: Started;
beforeAll(async () => {
  it = await start();
});
afterAll(() => it[Symbol.asyncDispose]());

const iam = (keys: Keys = it.sandbox.user) =>
  iamOf({
    ...it.sandbox,
    ...{ owner: { name: '', arn: '', ...keys }, user: { name: '', arn: '', ...keys } },
    [Symbol.asyncDispose]: async () => undefined,
  });
const trust = (more: object) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...more });
let roles = 0;
const role = (...statements: object[]): string =>
  it.sandbox.createRole({
    name: `role-${++roles}`,
    trustPolicy: documentOf(statements),
    permissionsPolicy: documentOf([{ Effect: 'Allow', Action: '*', Resource: '*' }]),
  });
const assume = (RoleArn: string, keys: Keys = it.sandbox.user, more: object = {}) =>
  stsOf(it.sandbox, keys).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one', ...more }));

interface Found {
  readonly Credentials?:
    | { readonly [name in 'AccessKeyId' | 'SecretAccessKey' | 'SessionToken']?: string | undefined }
    | undefined;
}
const keysOf = ({ Credentials: found }: Found): Required<Keys> => ({
  accessKeyId: found?.AccessKeyId ?? '',
  secretAccessKey: found?.SecretAccessKey ?? '',
  sessionToken: found?.SessionToken ?? '',
});
const denied = { name: 'AccessDenied', status: 403 };
const root = (): string => `arn:aws:iam::${it.sandbox.accountId}:root`;

describe('forms of trust', () => {
  test('everybody but some: by NotPrincipal', async () => {
    const stranger = it.sandbox.createUser('not-trusted');
    const open = trust({ Principal: '*' });
    const but = (...names: string[]) => ({
      ...trust({ NotPrincipal: { AWS: names } }),
      Effect: 'Deny',
    });
    const arn = role(open, but(it.sandbox.user.arn, root()));
    expect((await assume(arn)).Credentials).toBeDefined();
    expect((await refusal(assume(arn, stranger))).message).toContain(
      'with an explicit deny in the role trust policy',
    );
  });

  test('the account delegates: the caller needs a policy of its own', async () => {
    const arn = role(trust({ Principal: { AWS: root() } }));
    const user = it.sandbox.createUser('delegate');
    expect(await refusal(assume(arn, user))).toMatchObject({
      ...denied,
      message: `User: ${user.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn} because no identity-based policy allows the sts:AssumeRole action`,
    });
    // Named itself, it needs none.
    expect((await assume(role(trust({ Principal: { AWS: user.arn } })), user)).Credentials).toBeDefined();
  });

  test('no statement for the caller: the trust policy is named', async () => {
    const arn = role(trust({ Principal: { AWS: '999999999999' } }));
    expect((await refusal(assume(arn))).message).toContain(
      'because no role trust policy allows the sts:AssumeRole action',
    );
  });

  test('a permission set of IAM Identity Center, with its region, its suffix and other people', async () => {
    const name = 'AWSReservedSSO_DataLoader_0123456789abcdef';
    const Path = '/aws-reserved/sso.amazonaws.com/eu-west-1/';
    const AssumeRolePolicyDocument = documentOf([trust({ Principal: { AWS: it.sandbox.user.arn } })]);
    const { Role: made } = await iam().send(
      new CreateRoleCommand({ RoleName: name, Path, AssumeRolePolicyDocument }),
    );
    expect(made?.Arn).toBe(`arn:aws:iam::${it.sandbox.accountId}:role${Path}${name}`);
    const other = it.sandbox.createRole({
      ...{ name: 'AWSReservedSSO_Reader_0123456789abcdef', path: Path },
      trustPolicy: AssumeRolePolicyDocument,
    });
    const pattern = `arn:aws:iam::${it.sandbox.accountId}:role/aws-reserved/sso.amazonaws.com*/AWSReservedSSO_DataLoader_????????????????`;
    // As if each permission set could assume roles at all.
    const delegated = { Principal: { AWS: root() }, Condition: { ArnLike: { 'aws:PrincipalArn': pattern } } };
    const target = role(trust({ ...delegated, Principal: { AWS: [made?.Arn, other] } }));
    const [loader, reader] = [keysOf(await assume(made?.Arn ?? '')), keysOf(await assume(other))];
    const identity = await stsOf(it.sandbox, loader).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:sts::${it.sandbox.accountId}:assumed-role/${name}/one`);
    expect((await assume(target, loader)).Credentials).toBeDefined();
    expect(await refusal(assume(target, reader))).toMatchObject(denied);
    // The account's delegation alone is not enough for a role without a policy.
    expect((await refusal(assume(role(trust(delegated)), loader))).message).toContain(
      'because no identity-based policy allows the sts:AssumeRole action',
    );
  });

  test('a user made anew under the same name is somebody else', async () => {
    const UserName = 'again';
    const first = (await iam().send(new CreateUserCommand({ UserName }))).User;
    const arn = role(trust({ Principal: { AWS: first?.Arn } }));
    await iam().send(new DeleteUserCommand({ UserName }));
    const again = it.sandbox.createUser(UserName);
    expect(again.arn).toBe(first?.Arn);
    expect(await refusal(assume(arn, again))).toMatchObject(denied);
    const { Role: shown } = await iam().send(new GetRoleCommand({ RoleName: arn.split('/').at(-1) }));
    expect(decodeURIComponent(shown?.AssumeRolePolicyDocument ?? '')).toContain(`"AWS":"${first?.UserId}"`);
  });

  test('somebody of another account, with the external ID and without', async () => {
    const eve = it.sandbox.createForeignUser('999999999999', 'eve');
    const ExternalId = 'id-1';
    const Condition = { StringEquals: { 'sts:ExternalId': ExternalId } };
    const arn = role(trust({ Principal: { AWS: 'arn:aws:iam::999999999999:root' }, Condition }));
    expect((await assume(arn, eve, { ExternalId })).Credentials).toBeDefined();
    expect(await refusal(assume(arn, eve))).toEqual({
      ...denied,
      message: `User: ${eve.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    });
  });
});

describe('callers who cannot', () => {
  const open = () => role(trust({ Principal: '*' }));

  test('the root user: it may do everything else', async () => {
    const keys = it.sandbox.createRootKey();
    const identity = await stsOf(it.sandbox, keys).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Arn: root(), UserId: it.sandbox.accountId });
    expect(await refusal(assume(open(), keys))).toEqual({
      ...denied,
      message: 'Roles may not be assumed by root accounts.',
    });
    await s3Of(it.sandbox, keys).send(new PutObjectCommand({ Bucket: bucket, Key: 'root', Body: 'x' }));
  });

  test('a federated session: it may do what user and policy both allow', async () => {
    const Policy = documentOf([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
    const federate = (more: object) =>
      it.sts.send(new GetFederationTokenCommand({ Name: 'bob', ...more })).then(keysOf);
    const keys = await federate({ Policy });
    const arn = `arn:aws:sts::${it.sandbox.accountId}:federated-user/bob`;
    const identity = await stsOf(it.sandbox, keys).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Arn: arn, UserId: `${it.sandbox.accountId}:bob` });
    await s3Of(it.sandbox, keys).send(new ListBucketsCommand({}));
    const target = role(trust({ Principal: { AWS: root() } }));
    expect(await refusal(assume(target, keys))).toMatchObject({
      ...denied,
      message: `User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${target} because no session policy allows the sts:AssumeRole action`,
    });
    const nothing = await federate({});
    expect(await refusal(s3Of(it.sandbox, nothing).send(new ListBucketsCommand({})))).toMatchObject(denied);
    expect(await refusal(iam(keys).send(new GetRoleCommand({ RoleName: 'x' })))).toMatchObject({
      name: 'InvalidClientTokenId',
    });
    const again = stsOf(it.sandbox, keys).send(new GetFederationTokenCommand({ Name: 'eve' }));
    expect(await refusal(again)).toEqual({
      ...denied,
      message: 'Cannot call GetFederationToken with session credentials',
    });
  });

  test("a user's own session can, and is the user; it cannot open another", async () => {
    const keys = keysOf(await it.sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 })));
    const sts = stsOf(it.sandbox, keys);
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(it.sandbox.user.arn);
    expect((await assume(open(), keys)).Credentials).toBeDefined();
    expect(await refusal(sts.send(new GetSessionTokenCommand({})))).toEqual({
      ...denied,
      message: 'Cannot call GetSessionToken with session credentials',
    });
    expect(
      await refusal(it.sts.send(new GetSessionTokenCommand({ DurationSeconds: 129_601 }))),
    ).toMatchObject({ name: 'ValidationError' });
  });
});
