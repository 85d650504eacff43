/** A saved destination is changed: its settings in place, its secret in the keychain beside them. */
import { SluiceError } from '../../shared/errors.ts';
import type { Destination, DestinationSettings, Settings } from '../../shared/model.ts';
import type { CoreContext } from './context.ts';
import { find, inUse, nameTaken } from './names.ts';
import { secretAccount } from './secret-account.ts';

/**
 * The destination that shall become `next`.
 *
 * @throws SluiceError NOT_FOUND; NAME_TAKEN by a third; IN_USE when it would get another name while pipelines use it
 * (interrupted jobs and scripts know it by that name); INPUT_INVALID for that of practice mode
 */
export function replaceable(settings: Settings, name: string, next: DestinationSettings): Destination {
  const old = find(settings.destinations, name, 'destination');
  if (old.access.type === 'role' && old.access.signer.kind === 'sandbox') {
    throw new SluiceError('INPUT_INVALID', 'The destination of practice mode cannot be changed', {
      fix: 'Make a new destination for your own bucket.',
    });
  }
  if (next.name === name) return old;
  if (settings.destinations.some((other) => other.name === next.name))
    throw nameTaken('destination', next.name);
  const users = settings.pipelines.filter((pipeline) => pipeline.destination === name);
  if (users.length > 0) throw inUse('destination', name, users);
  return old;
}

/** True when the secret in the keychain belongs to the keys of `next`, too. */
export const keepsSecret = (old: DestinationSettings, next: DestinationSettings): boolean =>
  old.access.type === 'keys' &&
  next.access.type === 'keys' &&
  old.access.accessKeyId === next.access.accessKeyId;

/**
 * Puts `next` in the place of the destination named `name`. The secret goes first: settings that name a secret which
 * could not be kept would be worse than the old ones. What cannot be written leaves everything as it was.
 *
 * @throws what {@link replaceable} throws, and errors of the family `keychain`
 */
export async function putInPlace(
  core: CoreContext,
  name: string,
  next: Destination,
  secret: string | undefined,
): Promise<void> {
  const old = replaceable(core.settings.read(), name, next);
  const account = secretAccount(next.name);
  const before = old.access.type === 'keys' ? await secretBefore(core, name, secret) : undefined;
  const orphaned = old.access.type === 'keys' && (next.access.type !== 'keys' || next.name !== name);
  if (secret !== undefined) await core.secrets.set(account, secret);
  let placed = false;
  try {
    core.settings.update((settings) => {
      replaceable(settings, name, next);
      return exchanged(settings, name, next);
    });
    placed = true;
    if (orphaned) await core.secrets.delete(secretAccount(name));
  } catch (error) {
    if (placed) core.settings.update((settings) => exchanged(settings, next.name, old));
    if (secret !== undefined) {
      if (next.name === name && before !== undefined) await core.secrets.set(account, before);
      else await core.secrets.delete(account);
    }
    throw error;
  }
}

const exchanged = (settings: Settings, name: string, next: Destination): Settings => ({
  ...settings,
  destinations: settings.destinations.map((other) => (other.name === name ? next : other)),
});

/** What the keychain holds now, to be put back; nothing needs to be where a new secret heals a lost one. */
async function secretBefore(
  core: CoreContext,
  name: string,
  secret: string | undefined,
): Promise<string | undefined> {
  if (secret === undefined) return undefined;
  try {
    return await core.secrets.get(secretAccount(name));
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'KEYCHAIN_ENTRY_MISSING') return undefined;
    throw error;
  }
}
