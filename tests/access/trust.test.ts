/** Trust policies, right and wrong, against the sandbox's STS: each wrong one has its own answer. */
import { IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Waits } from '../../src/main/access/connection-test/waiting.ts';
import type { AccessContext } from '../../src/main/access/signing.ts';
import { trustPolicy } from '../../src/shared/iam.ts';
import { loaderPolicy } from '../support/loader-policy.ts';
import { type AccessRig, bucketName, externalId, startAccessRig, tested } from './rig.ts';

let rig: AccessRig;
beforeAll(async () => {
  rig = await startAccessRig();
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => {
  rig.faults.intercept = undefined;
  rig.faults.calls.length = 0;
});

const withId = { StringEquals: { 'sts:ExternalId': externalId } };
const statement = (condition?: object, aws = rig.sandbox.user.arn) => ({
  ...{ Effect: 'Allow', Principal: { AWS: aws }, Action: 'sts:AssumeRole' },
  ...(condition === undefined ? {} : { Condition: condition }),
});
const trust = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });

let roles = 0;
function roleWith(policy: object) {
  const name = `role-${++roles}`;
  const permissionsPolicy = loaderPolicy(bucketName);
  return rig.role({}, rig.sandbox.createRole({ name, trustPolicy: policy, permissionsPolicy }));
}
const right = () => trust(statement(withId));

/** @param stopAfter milliseconds after which somebody has seen enough */
const waits = (longest: number, stopAfter?: number): Waits => ({
  ...{ longest, pause: 20 },
  begin() {
    const stop = new AbortController();
    if (stopAfter !== undefined) setTimeout(() => stop.abort(), stopAfter);
    return { id: crypto.randomUUID(), stopped: stop.signal, [Symbol.dispose]: () => undefined };
  },
});

describe('an open role', () => {
  it.each([
    [
      'without a condition',
      () => trust(statement()),
      [/without .*: its trust policy has no condition/, /with a wrong .*: its trust policy has no condition/],
    ],
    [
      'with a second statement without it',
      () => trust(statement(withId), statement()),
      [/beside the statement with the external ID/, /beside the statement with the external ID/],
    ],
    [
      'with …IfExists',
      () => trust(statement({ StringEqualsIfExists: { 'sts:ExternalId': externalId } })),
      [/StringEqualsIfExists, which lets in whoever sends no external ID/, undefined],
    ],
    [
      'with a pattern in the place of the ID',
      () => trust(statement({ StringLike: { 'sts:ExternalId': '*' } })),
      [undefined, /StringLike, which takes others too/],
    ],
  ] as const)('%s is told apart, and never passes', async (_name, policy, causes) => {
    const { checks } = await tested(roleWith(policy()), rig.context);
    for (const [index, cause] of causes.entries()) {
      const check = checks[3 + index];
      if (cause === undefined) expect(check?.verdict).toBe('passed');
      else
        expect(check).toMatchObject({
          verdict: 'failed',
          code: 'ROLE_OPEN',
          cause: expect.stringMatching(cause),
        });
    }
    // Nothing of the bucket is touched with a role that is not safe.
    expect(checks).toHaveLength(5);
    const open = checks.find(({ verdict }) => verdict === 'failed');
    expect(JSON.parse(open?.statement ?? '')).toEqual(
      trustPolicy({ principal: { aws: rig.sandbox.user.arn }, externalId }),
    );
    expect(open?.remedies?.[0]?.text).toMatch(/^aws iam update-assume-role-policy --role-name 'role-\d+' /);
  });
});

describe('a closed role', () => {
  it.each([
    [
      'that wants another ID',
      () => roleWith(trust(statement({ StringEquals: { 'sts:ExternalId': 'another-id' } }))),
      /wants another external ID/,
      'update-assume-role-policy',
    ],
    [
      'that trusts somebody else',
      () => roleWith(trust(statement(withId, rig.sandbox.createUser(`other-${roles}`).arn))),
      /trusts arn:aws:iam::123456789012:user\/other-\d+, and not arn:aws:iam::123456789012:user\/practice/,
      'update-assume-role-policy',
    ],
    [
      'that has a condition more',
      () => roleWith(trust(statement({ ...withId, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }))),
      /further condition, on aws:SourceIp/,
      'update-assume-role-policy',
    ],
    [
      'that does not exist',
      () => rig.role({}, 'arn:aws:iam::123456789012:role/nowhere'),
      /there is no role named nowhere in the account 123456789012/,
      'create-role',
    ],
  ] as const)(
    '%s: its own answer, and the trust policy as it should be',
    async (_name, settings, cause, command) => {
      const { checks } = await tested(settings(), rig.context);
      const check = checks.at(-1);
      expect(check).toMatchObject({ check: 'assume-role', verdict: 'failed', code: 'ASSUME_ROLE_DENIED' });
      expect(check?.cause).toMatch(cause);
      expect(check?.field).toBe('roleArn');
      expect(check?.statement).toContain(externalId);
      expect(check?.remedies?.[0]?.text).toContain(`aws iam ${command} --role-name`);
    },
  );

  it('under another path: the ARN that is right', async () => {
    const settings = roleWith(right());
    const { roleArn } = settings.access as { roleArn: string };
    const wrong = roleArn.replace(':role/', ':role/team/');
    const check = (await tested(rig.role({}, wrong), rig.context)).checks.at(-1);
    expect(check?.fix).toBe(`Use the role ARN ${roleArn}.`);
  });

  it('whose trust policy nobody may look at gets the answer for all of it', async () => {
    const user = rig.sandbox.createUser('nobody');
    const context: AccessContext = { ...rig.context, sandbox: user };
    const iam = new IAMClient({ ...rig.sandbox, credentials: rig.sandbox.user });
    const PolicyDocument = JSON.stringify(
      trust({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }),
    );
    await iam.send(new PutUserPolicyCommand({ UserName: 'nobody', PolicyName: 'p', PolicyDocument }));
    const check = (await tested(roleWith(right()), context)).checks.at(-1);
    expect(check).toMatchObject({ check: 'assume-role', verdict: 'failed', code: 'ASSUME_ROLE_DENIED' });
    expect(check?.fix).toContain('Check that the role exists, and that its trust policy is this one');
    expect(check?.statement).toContain(user.arn);
    iam.destroy();
  });

  it.each([
    [
      'service control policy',
      'with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-9',
    ],
    ['resource control policy', 'with an explicit deny in a resource control policy'],
    ['permissions boundary', 'because no permissions boundary allows the sts:AssumeRole action'],
    ['session policy', 'because no session policy allows the sts:AssumeRole action'],
    ['VPC endpoint policy', 'because no VPC endpoint policy allows the sts:AssumeRole action'],
  ])('by a %s: a request for the administrator, and no waiting', async (kind, reason) => {
    const message = `User: ${rig.sandbox.user.arn} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::1:role/r ${reason}`;
    rig.faults.intercept = ({ operation }) =>
      operation === 'AssumeRole' ? { status: 403, code: 'AccessDenied', message } : undefined;
    const { checks, waitings } = await tested(roleWith(right()), rig.context, { waits: waits(5000) });
    expect(waitings).toEqual([]);
    const check = checks.at(-1);
    expect(check).toMatchObject({ verdict: 'failed', fix: expect.stringContaining(kind) });
    const [request] = check?.remedies ?? [];
    expect(request).toMatchObject({ kind: 'request' });
    expect(request?.text).toContain(kind);
    expect(request?.text).toContain(rig.sandbox.user.arn);
    expect(request?.text).toMatch(/Request ID: \S+/);
    if (kind === 'service control policy') expect(request?.text).toContain('policy/o-1/p-9');
  });
});

describe('what takes its time', () => {
  it('a role that works a moment later passes, after it was waited for', async () => {
    const settings = roleWith(trust(statement(withId, rig.sandbox.createUser('somebody').arn)));
    const { roleArn } = settings.access as { roleArn: string };
    const name = roleArn.split('/').at(-1) ?? '';
    const onWaiting = () => {
      rig.sandbox.createRole({ name, trustPolicy: right(), permissionsPolicy: loaderPolicy(bucketName) });
    };
    const { checks, waitings } = await tested(settings, rig.context, { waits: waits(20_000), onWaiting });
    expect(checks.every(({ verdict }) => verdict === 'passed')).toBe(true);
    expect(waitings.length).toBeGreaterThan(0);
    expect(waitings[0]).toMatchObject({ waiting: 'assume-role', cause: expect.stringContaining('trusts') });
    expect(waitings.every(({ secondsLeft }) => secondsLeft > 0 && secondsLeft <= 20)).toBe(true);
  });

  it('a role that is closed a moment later passes', async () => {
    const settings = roleWith(trust(statement()));
    const { roleArn } = settings.access as { roleArn: string };
    const name = roleArn.split('/').at(-1) ?? '';
    const onWaiting = () => {
      rig.sandbox.createRole({ name, trustPolicy: right(), permissionsPolicy: loaderPolicy(bucketName) });
    };
    const { checks, waitings } = await tested(settings, rig.context, { waits: waits(20_000), onWaiting });
    expect(checks.every(({ verdict }) => verdict === 'passed')).toBe(true);
    expect(waitings[0]?.waiting).toBe('assume-role-without-external-id');
  });

  it('one that never works fails when the time is over, once for both directions', async () => {
    const open = await tested(roleWith(trust(statement())), rig.context, { waits: waits(300) });
    expect(open.checks.filter(({ code }) => code === 'ROLE_OPEN')).toHaveLength(2);
    expect(new Set(open.waitings.map(({ waiting }) => waiting)).size).toBe(1);
  });

  it('nobody has to wait to the end', async () => {
    const settings = rig.role({}, 'arn:aws:iam::123456789012:role/nowhere');
    const running = tested(settings, rig.context, { waits: waits(600_000, 200) });
    expect((await running).checks.at(-1)).toMatchObject({ check: 'assume-role', verdict: 'failed' });
  });

  it('a test is cancelled in the middle of it', async () => {
    const cancel = new AbortController();
    const running = tested(rig.role({}, 'arn:aws:iam::123456789012:role/nowhere'), rig.context, {
      ...{ waits: waits(600_000), signal: cancel.signal },
    });
    setTimeout(() => cancel.abort(), 200);
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('a right that is missing is waited for only by whoever tries again from there', async () => {
    const deny = ({ operation }: { operation: string }) =>
      operation === 'PutObject' ? { deny: true as const } : undefined;
    rig.faults.intercept = deny;
    const first = await tested(rig.role(), rig.context, { waits: waits(20_000) });
    expect(first.waitings).toEqual([]);
    const kept = first.checks.slice(
      0,
      first.checks.findIndex(({ check }) => check === 'put'),
    );
    const onWaiting = () => {
      rig.faults.intercept = undefined;
    };
    const again = await tested(rig.role(), rig.context, { waits: waits(20_000), kept, onWaiting });
    expect(again.waitings[0]).toMatchObject({
      waiting: 'put',
      cause: expect.stringContaining('s3:PutObject'),
    });
    expect(again.checks.every(({ verdict }) => verdict === 'passed')).toBe(true);
    expect(await rig.objects()).toEqual([]);
  });
});
