/** Destinations: kept in the settings, their secrets in the keychain, tested before they are saved. */
import { bucketNameProblem, roleArnProblem } from '../../shared/aws-names.ts';
import type { TestEvent } from '../../shared/contract.ts';
import { normalisePathPrefix } from '../../shared/directory-path.ts';
import { SluiceError } from '../../shared/errors.ts';
import type { Destination, DestinationSettings, Settings } from '../../shared/model.ts';
import { type Bucket, openBucket } from '../access/bucket.ts';
import type { CoreContext } from './context.ts';
import type { JobOrder } from './job-order.ts';
import { find, inUse, nameTaken } from './names.ts';
import { reach } from './reach-destination.ts';
import { keepsSecret, putInPlace, replaceable } from './replace-destination.ts';
import { secretAccount } from './secret-account.ts';
import { runTest } from './test-destination.ts';

export const listDestinations = (core: CoreContext): Destination[] => core.settings.read().destinations;

export const findDestination = (core: CoreContext, name: string): Destination =>
  find(listDestinations(core), name, 'destination');

/** Opens the bucket of a destination as a load uses it. */
export async function openDestination(core: CoreContext, destination: DestinationSettings): Promise<Bucket> {
  const { settings, context } = await reach(core, destination);
  return openBucket(settings, context);
}

/** What another process needs to reach a destination; its secret is fetched from the keychain now. */
export async function accessOf(
  core: CoreContext,
  destination: DestinationSettings,
): Promise<Pick<JobOrder, 'destination' | 'access'>> {
  const { settings, context } = await reach(core, destination);
  const { externalId, sandbox } = context;
  const secretAccessKey = settings.access.type === 'keys' ? await context.secretAccessKey() : undefined;
  return { destination: settings, access: { externalId, sandbox, secretAccessKey } };
}

export interface NewDestination {
  readonly settings: DestinationSettings;
  /** For access keys. */
  readonly secretAccessKey?: string | undefined;
  /** Saves without a test, and marks it so. */
  readonly draft: boolean;
  /** The name of the destination that becomes this one. */
  readonly replaces?: string | undefined;
  /** The check that the test goes on at, where the ones before it have just passed. */
  readonly from?: string | undefined;
  /** Waits where AWS may not have carried a change to everywhere yet. */
  readonly wait: boolean;
}

/** Tests and saves; `{saved: false}` when the test failed. */
export async function* saveDestination(
  core: CoreContext,
  input: NewDestination,
  signal: AbortSignal,
): AsyncGenerator<TestEvent> {
  let settings = checked(input.settings);
  const { replaces, from, wait } = input;
  const secret = await secretOf(core, settings, input);
  if (replaces === undefined && listDestinations(core).some(({ name }) => name === settings.name))
    throw nameTaken('destination', settings.name);
  let testedAt: string | null = null;
  if (!input.draft) {
    const { passed, learned } = yield* runTest(core, settings, { secret, from, wait }, signal);
    if (!passed) {
      yield { saved: false };
      return;
    }
    settings = { ...settings, ...learned };
    testedAt = new Date().toISOString();
  }
  const destination: Destination = { ...settings, state: input.draft ? 'draft' : 'tested', testedAt };
  if (replaces === undefined) await store(core, destination, secret);
  else await putInPlace(core, replaces, destination, secret);
  yield { saved: true };
}

/** Runs the test of a saved destination and remembers when it passed. */
export async function* testDestination(
  core: CoreContext,
  { name, from, wait }: { readonly name: string; readonly from?: string | undefined; readonly wait: boolean },
  signal: AbortSignal,
): AsyncGenerator<TestEvent> {
  const destination = findDestination(core, name);
  const { passed, learned } = yield* runTest(core, destination, { from, wait }, signal);
  if (!passed) return;
  const testedAt = new Date().toISOString();
  core.settings.update((settings) => ({
    ...settings,
    destinations: settings.destinations.map((other) =>
      other.name === name ? { ...other, ...learned, state: 'tested', testedAt } : other,
    ),
  }));
}

/** @throws SluiceError IN_USE, NOT_FOUND, or of the family `keychain` (nothing is removed then) */
export async function removeDestination(core: CoreContext, name: string): Promise<void> {
  const destination = findDestination(core, name);
  // Under the lock of the settings: another process may be saving a pipeline that uses it.
  core.settings.update((settings) => {
    const users = settings.pipelines.filter((pipeline) => pipeline.destination === name);
    if (users.length > 0) throw inUse('destination', name, users);
    return withoutDestination(settings, name);
  });
  if (destination.access.type !== 'keys') return;
  try {
    await core.secrets.delete(secretAccount(name));
  } catch (error) {
    core.settings.update((settings) => withDestination(settings, destination));
    throw error;
  }
}

const withoutDestination = (settings: Settings, name: string): Settings => ({
  ...settings,
  destinations: settings.destinations.filter((other) => other.name !== name),
});

/** @throws SluiceError NAME_TAKEN */
function withDestination(settings: Settings, destination: Destination): Settings {
  if (settings.destinations.some(({ name }) => name === destination.name)) {
    throw nameTaken('destination', destination.name);
  }
  return { ...settings, destinations: [...settings.destinations, destination] };
}

/**
 * Takes the name first: of two processes that save it at once, only the winner may write its secret. A
 * destination whose secret could not be kept is not saved.
 */
async function store(core: CoreContext, destination: Destination, secret: string | undefined): Promise<void> {
  core.settings.update((settings) => withDestination(settings, destination));
  if (secret === undefined) return;
  try {
    await core.secrets.set(secretAccount(destination.name), secret);
  } catch (error) {
    core.settings.update((settings) => withoutDestination(settings, destination.name));
    throw error;
  }
}

/** As it may be saved. @throws SluiceError INPUT_INVALID, PATH_INVALID */
export function checked(settings: DestinationSettings): DestinationSettings {
  const problem = bucketNameProblem(settings.bucket);
  if (problem !== undefined)
    throw new SluiceError('INPUT_INVALID', `The bucket name is not valid: ${problem}`);
  if (settings.access.type === 'role') {
    const role = roleArnProblem(settings.access.roleArn);
    if (role !== undefined) throw new SluiceError('INPUT_INVALID', `The role ARN is not valid: ${role}`);
  }
  return { ...settings, pathPrefix: normalisePathPrefix(settings.pathPrefix) };
}

/** The secret that was given, or the kept one of the same keys: a changed destination need not be told it again. */
async function secretOf(
  core: CoreContext,
  settings: DestinationSettings,
  { replaces, secretAccessKey }: NewDestination,
): Promise<string | undefined> {
  if (replaces === undefined) return secretFor(settings, secretAccessKey);
  const old = replaceable(core.settings.read(), replaces, settings);
  const given = secretAccessKey !== undefined && secretAccessKey.trim() !== '';
  if (given || !keepsSecret(old, settings)) return secretFor(settings, secretAccessKey);
  return await core.secrets.get(secretAccount(replaces));
}

function secretFor(settings: DestinationSettings, secret: string | undefined): string | undefined {
  const trimmed = secret?.trim();
  if (settings.access.type === 'role') return undefined;
  if (trimmed === undefined || trimmed === '') {
    throw new SluiceError('INPUT_INVALID', 'Access keys need their secret access key', {
      fix: 'Give it on standard input with --secret-access-key-stdin.',
    });
  }
  return trimmed;
}
