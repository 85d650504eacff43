import { describe, expect, test } from 'vitest';
import { isExternalAddress } from '../../../src/main/hosts/electron/external-address.ts';
import { consoleLinks } from '../../../src/shared/documents/console.ts';
import { defaultNames } from '../../../src/shared/documents/setup-pieces.ts';
import { setupTemplate } from '../../../src/shared/documents/setup-template.ts';
import { type StepGroup, templateSteps, writtenSteps } from '../../../src/shared/documents/written-steps.ts';
import { permissionsPolicy, printPolicy, trustPolicy } from '../../../src/shared/iam.ts';
import { regions } from '../../../src/shared/regions.ts';

const names = defaultNames('acme-lake');
const policy = {
  name: names.policy,
  document: permissionsPolicy({
    ...{ bucket: 'acme-lake', pathPrefix: '', scope: 'bucket', partition: 'aws', withAbort: false },
  }),
};
const role = {
  name: names.role,
  document: trustPolicy({ principal: { aws: 'arn:aws:iam::123456789012:user/anna' }, externalId: 'an-id' }),
};
const user = { name: names.user };
const place = { bucket: 'acme-lake', partition: 'aws', region: 'eu-central-1' };

/** What the console shows, in the order in which it is chosen. */
const chosen = (groups: readonly StepGroup[], id: StepGroup['id']): string[] =>
  (groups.find((group) => group.id === id)?.steps ?? []).flatMap(({ text }) =>
    [...text.matchAll(/"([^"]+)"/g)].map(([, words = '']) => words),
  );
const pastes = (groups: readonly StepGroup[]): Record<string, string> =>
  Object.fromEntries(
    groups.flatMap(({ steps }) => steps.flatMap(({ paste }) => (paste ? [[paste.what, paste.text]] : []))),
  );

test('a role by hand: the words of the console, one after the other, and everything to paste', () => {
  const groups = writtenSteps({ policy, role }, place);
  expect(groups.map(({ id }) => id)).toEqual(['bucket', 'policy', 'role']);
  expect(chosen(groups, 'policy')).toEqual(['Policies', 'Create policy', 'JSON', 'Next', 'Create policy']);
  expect(chosen(groups, 'role')).toEqual([
    ...['Roles', 'Create role', 'Custom trust policy', 'Next', 'Next', 'Create role'],
  ]);
  expect(pastes(groups)).toEqual({
    'bucket name': 'acme-lake',
    'permissions policy': printPolicy(policy.document),
    'policy name': 'sluice-acme-lake',
    'trust policy': printPolicy(role.document),
    'role name': 'sluice-acme-lake',
  });
});

test('a user by hand, and its access key', () => {
  const groups = writtenSteps({ policy, user }, place);
  expect(groups.map(({ id }) => id)).toEqual(['bucket', 'policy', 'user', 'access-key']);
  expect(chosen(groups, 'user')).toEqual([
    ...['Users', 'Create user', 'Next', 'Attach policies directly', 'Next', 'Create user'],
  ]);
  expect(chosen(groups, 'access-key')).toEqual([
    ...['Users', 'Create access key', 'Command Line Interface (CLI)', 'Next', 'Create access key'],
    'Download .csv file',
  ]);
});

test('from a template', () => {
  const groups = templateSteps({ policy, user }, place);
  expect(groups.map(({ id }) => id)).toEqual(['bucket', 'cloudformation', 'access-key']);
  expect(pastes(groups).template).toBe(setupTemplate({ policy, user }));
  expect(pastes(groups).command).toContain('CAPABILITY_NAMED_IAM');
});

describe('links', () => {
  test.each(regions)('of $id lead to the console of $partition and may be opened', ({ id, partition }) => {
    const groups = [
      ...writtenSteps({ policy, role }, { ...place, partition, region: id }),
      ...templateSteps({ policy, user }, { ...place, partition, region: id }),
    ];
    const links = groups.flatMap(({ steps }) => steps.flatMap(({ link }) => link ?? []));
    expect(links.length).toBeGreaterThanOrEqual(6);
    for (const link of links) expect([link, isExternalAddress(link)]).toEqual([link, true]);
  });

  test('by partition', () => {
    expect(consoleLinks('aws', 'eu-central-1')).toMatchObject({
      createBucket:
        'https://eu-central-1.console.aws.amazon.com/s3/bucket/create?region=eu-central-1&bucketType=general',
      createRole: 'https://console.aws.amazon.com/iam/home#/roles/create',
      createStack:
        'https://eu-central-1.console.aws.amazon.com/cloudformation/home?region=eu-central-1#/stacks/create',
    });
    const iam = (partition: string) => consoleLinks(partition, '')?.createPolicy;
    expect(iam('aws-cn')).toBe('https://console.amazonaws.cn/iam/home#/policies/create');
    expect(iam('aws-us-gov')).toBe('https://console.amazonaws-us-gov.com/iam/home#/policies/create');
    expect(iam('aws-eusc')).toBe('https://console.amazonaws-eusc.eu/iam/home#/policies/create');
    expect(consoleLinks('aws', '')?.createBucket).toBe(
      'https://console.aws.amazon.com/s3/bucket/create?bucketType=general',
    );
  });

  test('of a partition whose console is not known are left out, and the steps stay', () => {
    for (const partition of ['aws-iso', 'constructor', '']) {
      expect(consoleLinks(partition, 'us-iso-east-1')).toBeUndefined();
      const groups = writtenSteps({ policy, role }, { ...place, partition });
      expect(groups.flatMap(({ steps }) => steps).some(({ link }) => link !== undefined)).toBe(false);
    }
  });

  test('hold nothing of what was typed that is no region', () => {
    const links = consoleLinks('aws', 'evil.example/#');
    for (const link of Object.values(links ?? {})) expect(link).not.toContain('evil');
  });
});
