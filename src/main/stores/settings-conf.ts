/**
 * Writes the settings file through `conf`, or through its descendant `electron-store`, and makes sure that it was
 * written: conf takes a short write for a success, so that a disk with room for half of the file would leave half a
 * file in place of a good one; and inside a Snap it writes in place.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Options } from 'conf';
import { z } from 'zod';
import { SluiceError } from '../../shared/errors.ts';
import { type Settings, settingsSchema } from '../../shared/model.ts';
import { errnoOf } from './storage-errors.ts';

export type ConfOptions = Readonly<Partial<Options<Settings>>>;

/** The part of a `Conf` that is used. An `electron-store` made with the same options fits too. */
export interface ConfFile {
  /** Absolute path of the file. */
  readonly path: string;
  store: Settings;
}

export type MakeConf = (options: ConfOptions) => ConfFile;

/** What a `Conf` for this folder is made of. `config` is also the file name that electron-store chooses. */
export const confOptions = (folder: string): ConfOptions => ({
  cwd: folder,
  configName: 'config',
  configFileMode: 0o600,
  schema: z.toJSONSchema(settingsSchema).properties as NonNullable<ConfOptions['schema']>,
  rootSchema: { additionalProperties: false },
});

/** Loaded at the first write: conf and its validator take a tenth of a second, and most commands only read. */
export const makeConf: MakeConf = (options) => {
  const { default: Conf } = withoutSignalHandlers(
    () => createRequire(import.meta.url)('conf') as typeof import('conf'),
  );
  return new Conf<Settings>(options);
};

/**
 * Below conf, `when-exit` answers a signal by sending it to the process once more, so as to die of it. A second
 * Ctrl-C means "at once" here, and a load would end half-way instead of being cancelled. Nothing is lost: what it
 * wants to clean up is cleaned up at a normal exit, too, and no signal comes between two lines of a synchronous write.
 */
function withoutSignalHandlers<T>(load: () => T): T {
  const signals = Object.keys(constants.signals) as NodeJS.Signals[];
  const before = new Map(signals.map((signal) => [signal, process.listeners(signal)]));
  const loaded = load();
  for (const [signal, known] of before) {
    for (const listener of process.listeners(signal)) {
      if (!known.includes(listener)) process.off(signal, listener);
    }
  }
  return loaded;
}

/** The file as it was before a write that is under way, or that was cut off by the end of its process. */
export const previousPath = (path: string): string => path.replace(/\.json$/, '.previous.json');

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isWritten(path: string, settings: Settings): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(readFileSync(path, 'utf8')), JSON.parse(JSON.stringify(settings)));
  } catch (error) {
    if (error instanceof SyntaxError || errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Puts `previous` back, or takes away the half of a first file. */
export function restorePrevious(path: string): void {
  try {
    renameSync(previousPath(path), path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    rmSync(path, { force: true });
  }
}

function keepPrevious(path: string): void {
  const spare = previousPath(path);
  rmSync(spare, { force: true });
  const bytes = readIfThere(path);
  if (bytes === undefined) return;
  try {
    writeFileSync(spare, bytes, { mode: 0o600, flush: true });
  } catch (error) {
    rmSync(spare, { force: true });
    throw error;
  }
}

/**
 * Writes `settings`. The caller holds the settings lock. Whatever fails, and whenever the process dies, the old file
 * is there, or its copy at {@link previousPath} beside a file that does not read.
 *
 * @throws SluiceError DISK_FULL when the file came out short; what conf and the file system throw
 */
export function writeVerified(conf: ConfFile, settings: Settings): void {
  keepPrevious(conf.path);
  try {
    conf.store = settings;
  } catch (error) {
    restorePrevious(conf.path);
    throw error;
  }
  if (!isWritten(conf.path, settings)) {
    restorePrevious(conf.path);
    const message = `Cannot save the settings: the disk that holds ${dirname(conf.path)} is full`;
    throw new SluiceError('DISK_FULL', message, { details: { path: conf.path } });
  }
  rmSync(previousPath(conf.path), { force: true });
}
