/** A test goes on at the check that failed, and only where the ones before it have just passed. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestEvent } from '../../src/shared/contract.ts';
import { trustPolicy } from '../../src/shared/iam.ts';
import type { DestinationSettings } from '../../src/shared/model.ts';
import { loaderPolicy } from '../support/loader-policy.ts';
import { bucketName, type Rig, startRig } from './rig.ts';

let rig: Rig;
let settings: DestinationSettings;
beforeEach(async () => {
  rig = await startRig({ waits: { longest: 100, pause: 50 } });
  const { externalId } = await rig.client.access.externalId();
  const roleArn = rig.sandbox.createRole({
    name: 'again',
    trustPolicy: trustPolicy({ principal: { aws: rig.sandbox.user.arn }, externalId }),
    permissionsPolicy: loaderPolicy(bucketName),
  });
  for (const [name, value] of Object.entries(signedIn())) {
    before.set(name, process.env[name]);
    process.env[name] = value;
  }
  settings = { ...rig.destination, access: { type: 'role', roleArn, signer: { kind: 'default' } } };
});
afterEach(async () => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await rig[Symbol.asyncDispose]();
});

const before = new Map<string, string | undefined>();
const signedIn = () => ({
  AWS_ACCESS_KEY_ID: rig.sandbox.user.accessKeyId,
  AWS_SECRET_ACCESS_KEY: rig.sandbox.user.secretAccessKey,
});

async function save(from?: string, changed: Partial<DestinationSettings> = {}): Promise<TestEvent[]> {
  rig.faults.calls.length = 0;
  const events: TestEvent[] = [];
  const input = { settings: { ...settings, ...changed }, ...(from === undefined ? {} : { from }) };
  for await (const event of await rig.client.destinations.save(input)) events.push(event);
  return events;
}

const names = (events: readonly TestEvent[]) =>
  events.flatMap((event) => ('check' in event ? [event.check] : []));
const asked = (operation: string) => rig.faults.calls.filter((call) => call.operation === operation).length;

/** Writing fails once. */
function refusePut(): void {
  rig.faults.intercept = ({ operation }) =>
    operation === 'PutObject' ? { status: 403, code: 'AccessDenied', message: 'Access Denied' } : undefined;
}

test('the checks before are told as they were, and not run again', async () => {
  refusePut();
  const first = await save();
  expect(first.at(-1)).toEqual({ saved: false });
  expect(asked('AssumeRole')).toBeGreaterThan(2);
  rig.faults.intercept = undefined;

  const again = await save('put');
  expect(again.at(-1)).toEqual({ saved: true });
  expect(again.slice(1, 4)).toEqual(first.slice(1, 4));
  expect(names(again).slice(0, 5)).toEqual(names(first).slice(0, 5));
  expect(names(again)).toContain('delete');
  // Once for the credentials of the bucket.
  expect(asked('AssumeRole')).toBe(1);
  // Once for what an earlier test may have left.
  expect(asked('ListObjectsV2')).toBe(1);
});

test('other settings, or checks that never ran, are tested from the start', async () => {
  expect((await save('put')).at(-1)).toEqual({ saved: true });
  expect(asked('AssumeRole')).toBeGreaterThan(2);
  refusePut();
  await save(undefined, { name: 'second' });
  rig.faults.intercept = undefined;
  await save('put', { name: 'second', pathPrefix: 'elsewhere' });
  expect(asked('AssumeRole')).toBeGreaterThan(2);
  expect(asked('ListObjectsV2')).toBe(2);
});

test('a check that failed cannot be passed over', async () => {
  rig.faults.intercept = ({ operation }) =>
    operation === 'ListObjectsV2'
      ? { status: 403, code: 'AccessDenied', message: 'Access Denied' }
      : undefined;
  await save();
  const again = await save('put');
  expect(again.at(-1)).toEqual({ saved: false });
  expect(again).toContainEqual(expect.objectContaining({ check: 'list', verdict: 'failed' }));
});
