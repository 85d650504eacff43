/** Sources: connected to before they are saved; their passwords in the keychain. */
import { isAbsolute } from 'node:path';
import type { Inputs, NewTunnel } from '../../shared/contract.ts';
import { SluiceError } from '../../shared/errors.ts';
import {
  passwordIsStored,
  type Settings,
  type Source,
  type SourceObject,
  type Tunnel,
  tunnelOf,
  tunnelSecretIsStored,
} from '../../shared/model.ts';
import { openSource, parseServerUrl, tryTunnel } from '../sources/index.ts';
import type { OpenSource } from '../sources/source.ts';
import type { CoreContext } from './context.ts';
import { find, inUse, nameTaken } from './names.ts';
import { filesOf } from './source-files.ts';
import {
  hostKeysIn,
  passwordAccount,
  type SourceSecrets,
  secretsOf,
  tunnelAccount,
} from './source-secrets.ts';

export const listSources = (core: CoreContext): Source[] => core.settings.read().sources;

export const findSource = (core: CoreContext, name: string): Source =>
  find(listSources(core), name, 'source');

/** Connects to a saved source; the caller disposes of it. */
export async function openSaved(
  core: CoreContext,
  source: Source,
  signal: AbortSignal,
  acceptHostKey?: string,
): Promise<OpenSource> {
  const hostKeys = hostKeysIn(core.folder, acceptHostKey);
  return await openSource(source, { signal, hostKeys, ...(await secretsOf(core, source)) });
}

/** Connects to a saved source, to see whether it can be reached. */
export async function testSource(
  core: CoreContext,
  { name, acceptHostKey }: Inputs['sources']['test'],
  signal: AbortSignal,
): Promise<{ database: string; version: string }> {
  await using source = await openSaved(core, findSource(core, name), signal, acceptHostKey);
  return { database: source.database, version: source.version };
}

/** What a source holds now. */
export async function listObjects(
  core: CoreContext,
  name: string,
  signal: AbortSignal,
): Promise<readonly SourceObject[]> {
  await using source = await openSaved(core, findSource(core, name), signal);
  return await source.objects(signal);
}

/** Connects with what was given and saves it when that works. */
export async function saveSource(
  core: CoreContext,
  input: Inputs['sources']['save'],
  signal: AbortSignal,
): Promise<Source> {
  const { name } = input;
  const draft = draftOf(input);
  if (listSources(core).some((source) => source.name === name)) throw nameTaken('source', name);
  const { password, tunnelSecret } = input;
  const database = await databaseOf(core, draft, { password, tunnelSecret }, input.acceptHostKey, signal);
  const source: Source = { ...draft, database };
  // The name first: of two processes that save it at once, only the winner may write its password.
  core.settings.update((settings) => withSource(settings, source));
  const kept: string[] = [];
  const keep = async (account: string, secret: string | undefined): Promise<void> => {
    if (secret === undefined) return;
    await core.secrets.set(account, secret);
    kept.push(account);
  };
  try {
    await keep(passwordAccount(name), password);
    await keep(tunnelAccount(name), tunnelSecret);
  } catch (error) {
    core.settings.update((settings) => withoutSource(settings, name));
    for (const account of kept) await core.secrets.delete(account);
    throw error;
  }
  return source;
}

/**
 * Gives a source the password that it lacks, or its tunnel, once the server has taken it.
 * @throws SluiceError NOT_FOUND; INPUT_INVALID where no password is used; what connecting and the keychain raise
 */
export async function enterPassword(
  core: CoreContext,
  { name, password, of = 'database', acceptHostKey }: Inputs['sources']['enterPassword'],
  signal: AbortSignal,
): Promise<void> {
  const source = findSource(core, name);
  const server = 'passwordInKeychain' in source ? source : undefined;
  if (server === undefined) {
    throw new SluiceError('INPUT_INVALID', `The source "${name}" is a file and has no password`, {
      fix: 'Leave the password out.',
    });
  }
  if (of === 'database') {
    const { tunnelSecret } = await secretsOf(core, { ...server, passwordInKeychain: false });
    await databaseOf(core, server, { password, tunnelSecret }, acceptHostKey, signal);
    await core.secrets.set(passwordAccount(name), password);
  } else {
    refuseWithoutSecret(server);
    const hostKeys = hostKeysIn(core.folder, acceptHostKey);
    await tryTunnel(server, { signal, hostKeys, tunnelSecret: password });
    await core.secrets.set(tunnelAccount(name), password);
  }
  core.settings.update((settings) => ({
    ...settings,
    sources: settings.sources.map((other) => (other.name === name ? withSecret(other, of) : other)),
  }));
}

function refuseWithoutSecret(source: Source): void {
  const auth = tunnelOf(source)?.auth;
  if (auth !== undefined && auth.type !== 'agent') return;
  const why =
    auth === undefined ? 'is not reached through an SSH tunnel' : 'logs in to its SSH server by the agent';
  throw new SluiceError(
    'INPUT_INVALID',
    `The source "${source.name}" ${why}, so there is no secret to keep`,
    {
      fix: 'Leave the secret out.',
    },
  );
}

function withSecret(source: Source, of: 'database' | 'tunnel'): Source {
  if (!('passwordInKeychain' in source)) return source;
  if (of === 'database') return { ...source, passwordInKeychain: true };
  const { tunnel } = source;
  if (tunnel === undefined || tunnel.auth.type === 'agent') return source;
  return { ...source, tunnel: { ...tunnel, auth: { ...tunnel.auth, secretInKeychain: true } } };
}

/** @throws SluiceError IN_USE, NOT_FOUND, or of the family `keychain` (the source is there again then) */
export async function removeSource(core: CoreContext, name: string): Promise<void> {
  const source = findSource(core, name);
  // Under the lock of the settings: another process may be saving a pipeline that uses it.
  core.settings.update((settings) => {
    const users = settings.pipelines.filter((pipeline) => pipeline.source === name);
    if (users.length > 0) throw inUse('source', name, users);
    return withoutSource(settings, name);
  });
  try {
    if (tunnelSecretIsStored(source)) await core.secrets.delete(tunnelAccount(name));
    if (passwordIsStored(source)) await core.secrets.delete(passwordAccount(name));
  } catch (error) {
    core.settings.update((settings) => withSource(settings, source));
    throw error;
  }
}

const withoutSource = (settings: Settings, name: string): Settings => ({
  ...settings,
  sources: settings.sources.filter((other) => other.name !== name),
});

/** @throws SluiceError NAME_TAKEN */
function withSource(settings: Settings, source: Source): Settings {
  if (settings.sources.some(({ name }) => name === source.name)) throw nameTaken('source', source.name);
  return { ...settings, sources: [...settings.sources, source] };
}

/** The source as it will be saved, but for the database's own name, which the server knows best. */
function draftOf({ name, location, password, tunnelSecret }: Inputs['sources']['save']): Source {
  if (location.kind === 'sqlite') {
    if (!isAbsolute(location.path)) {
      throw new SluiceError('INPUT_INVALID', `The path ${location.path} is not absolute`);
    }
    if (password !== undefined || tunnelSecret !== undefined) {
      throw new SluiceError('INPUT_INVALID', 'A SQLite file has no password', {
        fix: 'Leave the password out.',
      });
    }
    return { kind: 'sqlite', name, path: location.path, database: 'unknown' };
  }
  if (location.kind === 'files') {
    if (password !== undefined || tunnelSecret !== undefined) {
      throw new SluiceError('INPUT_INVALID', 'Files have no password', { fix: 'Leave the password out.' });
    }
    return { ...filesOf(location), name };
  }
  const { kind, url, tunnel } = location;
  const { hasPassword, withoutPassword } = parseServerUrl(kind, url);
  if (hasPassword) throw new SluiceError('SECRET_IN_ARGUMENT', 'The URL holds a password');
  if (tunnelSecret !== undefined && (tunnel === undefined || tunnel.auth.type === 'agent')) {
    throw new SluiceError('INPUT_INVALID', 'A secret was given for an SSH server that needs none', {
      fix: 'Leave it out, or log in with a key file or a password.',
    });
  }
  return {
    kind,
    name,
    url: withoutPassword,
    passwordInKeychain: password !== undefined,
    ...(tunnel === undefined ? {} : { tunnel: tunnelDraft(tunnel, tunnelSecret !== undefined) }),
    database: 'unknown',
  };
}

function tunnelDraft(tunnel: NewTunnel, secretInKeychain: boolean): Tunnel {
  const { auth } = tunnel;
  if (auth.type === 'key' && !isAbsolute(auth.path) && !/^~[\\/]/.test(auth.path)) {
    throw new SluiceError('INPUT_INVALID', `The path ${auth.path} of the key file is not absolute`);
  }
  return { ...tunnel, auth: auth.type === 'agent' ? auth : { ...auth, secretInKeychain } };
}

async function databaseOf(
  core: CoreContext,
  draft: Source,
  secrets: SourceSecrets,
  acceptHostKey: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const hostKeys = hostKeysIn(core.folder, acceptHostKey);
  await using source = await openSource(draft, { signal, hostKeys, ...secrets });
  return source.database;
}
