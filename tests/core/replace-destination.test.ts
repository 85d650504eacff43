/** A saved destination is changed, and what becomes of its secret and of the pipelines that use it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Inputs, TestEvent } from '../../src/shared/contract.ts';
import { SluiceError } from '../../src/shared/errors.ts';
import type { DestinationSettings } from '../../src/shared/model.ts';
import { memorySecrets } from '../support/memory-secrets.ts';
import { type Rig, startRig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
  await rig.addDestination();
});
afterEach(() => rig[Symbol.asyncDispose]());

type Save = Inputs['destinations']['save'];

/** Saves the changed destination in the place of "lake". */
async function change(
  settings: Partial<DestinationSettings>,
  more: Partial<Save> = {},
): Promise<TestEvent[]> {
  const events: TestEvent[] = [];
  const input = { settings: { ...rig.destination, ...settings }, replaces: 'lake', ...more };
  for await (const event of await rig.client.destinations.save(input)) events.push(event);
  return events;
}

const saved = () => rig.client.destinations.list();
const code = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'no error',
    (error: { readonly code?: string }) => error.code,
  );

test('the kept secret tests and serves the changed destination', async () => {
  const events = await change({ pathPrefix: 'elsewhere' });
  expect(events.slice(-2)).toEqual([{ result: 'passed' }, { saved: true }]);
  expect(await saved()).toMatchObject([{ name: 'lake', pathPrefix: 'elsewhere', state: 'tested' }]);
  expect([...rig.secrets]).toEqual([['destination/lake', rig.sandbox.user.secretAccessKey]]);
});

test('a failed test leaves the old one and its secret as they were', async () => {
  const before = await saved();
  const events = await change({ bucket: 'not-there' }, { secretAccessKey: rig.sandbox.user.secretAccessKey });
  expect(events.at(-1)).toEqual({ saved: false });
  expect(await saved()).toEqual(before);
  expect(rig.secrets.size).toBe(1);
});

test('other keys need their own secret', async () => {
  const access = { type: 'keys', accessKeyId: 'AKIAOTHERKEYOFTHEUSER' } as const;
  expect(await code(change({ access }, { draft: true }))).toBe('INPUT_INVALID');
  await change({ access }, { draft: true, secretAccessKey: 'another secret' });
  expect(await saved()).toMatchObject([{ name: 'lake', access, state: 'draft', testedAt: null }]);
  expect([...rig.secrets]).toEqual([['destination/lake', 'another secret']]);
});

test('under another name it takes its secret along', async () => {
  await change({ name: 'pond' }, { draft: true });
  expect((await saved()).map(({ name }) => name)).toEqual(['pond']);
  expect([...rig.secrets.keys()]).toEqual(['destination/pond']);
});

test('a role in place of keys leaves no secret behind', async () => {
  const roleArn = 'arn:aws:iam::123456789012:role/sluice';
  await change({ access: { type: 'role', roleArn, signer: { kind: 'default' } } }, { draft: true });
  expect(await saved()).toMatchObject([{ name: 'lake', access: { type: 'role' } }]);
  expect(rig.secrets.size).toBe(0);
});

test('names: not that of a third, none for nobody', async () => {
  await rig.addDestination({ name: 'sea' });
  expect(await code(change({ name: 'sea' }, { draft: true }))).toBe('NAME_TAKEN');
  expect(await code(change({}, { draft: true, replaces: 'laek' }))).toBe('NOT_FOUND');
  expect((await saved()).map(({ name }) => name)).toEqual(['lake', 'sea']);
});

test('a secret that cannot be removed leaves everything as it was', async () => {
  await rig[Symbol.asyncDispose]();
  const kept = new Map<string, string>();
  const locked = () => Promise.reject(new SluiceError('KEYCHAIN_LOCKED', 'The keyring is locked'));
  rig = await startRig({ secrets: { ...memorySecrets(kept), delete: locked } });
  await rig.addDestination();
  const before = await saved();
  const roleArn = 'arn:aws:iam::123456789012:role/sluice';
  const access = { type: 'role', roleArn, signer: { kind: 'default' } } as const;
  expect(await code(change({ access }, { draft: true }))).toBe('KEYCHAIN_LOCKED');
  expect(await saved()).toEqual(before);
  expect([...kept]).toEqual([['destination/lake', rig.sandbox.user.secretAccessKey]]);
});
