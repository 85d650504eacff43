/** Sources: connected to before they are saved; their passwords in the keychain. */
import { isAbsolute } from 'node:path';
import type { Inputs } from '../../shared/contract.ts';
import { SluiceError } from '../../shared/errors.ts';
import { passwordIsStored, type Settings, type Source, type SourceObject } from '../../shared/model.ts';
import { openSource, parseServerUrl } from '../sources/index.ts';
import type { OpenSource } from '../sources/source.ts';
import type { CoreContext } from './context.ts';
import { find, inUse, nameTaken } from './names.ts';

/** The keychain's name for the password of a source. */
export const secretAccount = (name: string): string => `source/${name}`;

export const listSources = (core: CoreContext): Source[] => core.settings.read().sources;

export const findSource = (core: CoreContext, name: string): Source =>
  find(listSources(core), name, 'source');

/** Connects to a saved source; the caller disposes of it. */
export async function openSaved(core: CoreContext, source: Source, signal: AbortSignal): Promise<OpenSource> {
  return await openSource(source, { signal, password: await passwordOf(core, source) });
}

/** The password of a source, where one is in the keychain. */
export async function passwordOf(core: CoreContext, source: Source): Promise<string | undefined> {
  if (!passwordIsStored(source)) return undefined;
  return await core.secrets.get(secretAccount(source.name));
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
  const { password } = input;
  const database = await databaseOf(draft, password, signal);
  const source: Source = { ...draft, database };
  // The name first: of two processes that save it at once, only the winner may write its password.
  core.settings.update((settings) => withSource(settings, source));
  if (password === undefined) return source;
  try {
    await core.secrets.set(secretAccount(name), password);
  } catch (error) {
    core.settings.update((settings) => withoutSource(settings, name));
    throw error;
  }
  return source;
}

/**
 * Gives a source the password that it lacks, once the server has taken it.
 * @throws SluiceError NOT_FOUND; INPUT_INVALID where no password is used; what connecting and the keychain raise
 */
export async function enterPassword(
  core: CoreContext,
  { name, password }: { readonly name: string; readonly password: string },
  signal: AbortSignal,
): Promise<void> {
  const source = findSource(core, name);
  if (!('passwordInKeychain' in source)) {
    throw new SluiceError('INPUT_INVALID', `The source "${name}" is a file and has no password`, {
      fix: 'Leave the password out.',
    });
  }
  await databaseOf(source, password, signal);
  await core.secrets.set(secretAccount(name), password);
  core.settings.update((settings) => ({
    ...settings,
    sources: settings.sources.map((other) =>
      other.name === name && 'passwordInKeychain' in other ? { ...other, passwordInKeychain: true } : other,
    ),
  }));
}

/** @throws SluiceError IN_USE, NOT_FOUND, or of the family `keychain` (nothing is removed then) */
export async function removeSource(core: CoreContext, name: string): Promise<void> {
  const source = findSource(core, name);
  // Under the lock of the settings: another process may be saving a pipeline that uses it.
  core.settings.update((settings) => {
    const users = settings.pipelines.filter((pipeline) => pipeline.source === name);
    if (users.length > 0) throw inUse('source', name, users);
    return withoutSource(settings, name);
  });
  if (!passwordIsStored(source)) return;
  try {
    await core.secrets.delete(secretAccount(name));
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
function draftOf({ name, location, password }: Inputs['sources']['save']): Source {
  if (location.kind === 'sqlite') {
    if (!isAbsolute(location.path)) {
      throw new SluiceError('INPUT_INVALID', `The path ${location.path} is not absolute`);
    }
    if (password !== undefined) {
      throw new SluiceError('INPUT_INVALID', 'A SQLite file has no password', {
        fix: 'Leave the password out.',
      });
    }
    return { kind: 'sqlite', name, path: location.path, database: 'unknown' };
  }
  const { kind, url } = location;
  const { hasPassword, withoutPassword } = parseServerUrl(kind, url);
  if (hasPassword) throw new SluiceError('SECRET_IN_ARGUMENT', 'The URL holds a password');
  return {
    kind,
    name,
    url: withoutPassword,
    passwordInKeychain: password !== undefined,
    database: 'unknown',
  };
}

async function databaseOf(draft: Source, password: string | undefined, signal: AbortSignal): Promise<string> {
  await using source = await openSource(draft, { signal, ...(password === undefined ? {} : { password }) });
  return source.database;
}
