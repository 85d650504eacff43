/** Rights that are really missing, in the sandbox, whose refusals come with a reason or without. */
import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBucket } from '../../src/main/access/bucket.ts';
import { type AccessRig, bucketName, startAccessRig, tested } from './rig.ts';
import { allowAllBut, type Ground, losses, namesAndMends } from './rights.ts';

describe.each(['detailed', 'bare'] as const)('refusals that are %s', (denials) => {
  let rig: AccessRig;
  let ground: Ground;
  let iam: IAMClient;
  beforeAll(async () => {
    rig = await startAccessRig({ denials });
    const { endpoint, region, user } = rig.sandbox;
    iam = new IAMClient({ endpoint, region, credentials: user });
    const ofRole = { RoleName: 'loader' };
    ground = {
      settings: rig.role(),
      context: rig.context,
      bucket: bucketName,
      putPolicy: (PolicyName, policy) =>
        iam.send(new PutRolePolicyCommand({ ...ofRole, PolicyName, PolicyDocument: JSON.stringify(policy) })),
      removePolicy: (PolicyName) => iam.send(new DeleteRolePolicyCommand({ ...ofRole, PolicyName })),
      contents: async () => [
        ...(await rig.objects()),
        ...rig.sandbox.pendingUploads(bucketName).map(({ uploadId }) => uploadId),
      ],
      async empty() {
        using bucket = openBucket(rig.keys(), rig.context);
        for (const key of await rig.objects()) await bucket.delete(key);
      },
    };
    // The rig's own policy would give everything.
    await ground.removePolicy('permissions');
  });
  afterAll(async () => {
    iam.destroy();
    await rig[Symbol.asyncDispose]();
  });

  it('nothing is missing: every check passes', async () => {
    await allowAllBut(ground, []);
    const { checks } = await tested(ground.settings, ground.context);
    expect(checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
  });

  it.each(losses.map((missing) => [missing.join(' and '), missing] as const))(
    'without %s: that and nothing else is named, and its statement mends it',
    (_name, missing) => namesAndMends(ground, missing),
  );
});
