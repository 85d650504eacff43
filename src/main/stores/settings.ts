/** The settings: destinations, sources, pipelines and the installation's external ID, in one file. */
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SluiceError } from '../../shared/errors.ts';
import { rolesThatKnow } from '../../shared/external-id.ts';
import type { Settings } from '../../shared/model.ts';
import { freeCorruptPath, newestCorruptPath } from './corrupt-path.ts';
import { withLock } from './lock.ts';
import {
  type ConfFile,
  confOptions,
  type MakeConf,
  makeConf,
  previousPath,
  restorePrevious,
  writeVerified,
} from './settings-conf.ts';
import { examineSettings, fitSettings, type SettingsVerdict, settingsVersion } from './settings-file.ts';
import { errnoOf, storing } from './storage-errors.ts';

/** How long one process waits for another one's write, in milliseconds. A write takes some milliseconds. */
const lockWaitMs = 10_000;

export interface SettingsStore {
  /** Absolute path of the file. */
  readonly path: string;
  /** What the user has to be told about this file, e.g. that it was damaged; grows while the store is used. */
  readonly notices: readonly string[];
  /** Where the damaged file was put, when the settings had to be started anew. */
  readonly recoveredFrom: string | undefined;
  /**
   * The settings as they are on disk now.
   *
   * @throws SluiceError DATA_FOLDER_UNUSABLE (also for a file of a newer version), DISK_FULL
   */
  read(): Settings;
  /**
   * Reads, changes, checks and writes the settings under a lock across processes; the change of another process is
   * never lost. `change` returns the new settings and leaves its argument alone.
   *
   * The external ID stays what it is. An import alone may bring another (`externalId: 'may-be-taken'`), and only
   * while no role here knows this one.
   *
   * @throws SluiceError INPUT_INVALID when the result does not fit the model or holds an unknown property; whatever
   * `change` throws; DATA_FOLDER_UNUSABLE, DISK_FULL, with the old file intact
   */
  update(
    change: (settings: Settings) => Settings,
    options?: { readonly externalId: 'may-be-taken' },
  ): Settings;
}

export interface SettingsOptions {
  /** For the Electron host, which makes an electron-store of the same options. */
  readonly makeConf?: MakeConf;
}

type FileVerdict = SettingsVerdict | { readonly verdict: 'absent' };

function examineFile(path: string): FileVerdict {
  return storing(path, 'read the settings', () => {
    try {
      return examineSettings(readFileSync(path, 'utf8'));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return { verdict: 'absent' };
      throw error;
    }
  });
}

function newerVersion(path: string, version: number): SluiceError {
  return new SluiceError(
    'DATA_FOLDER_UNUSABLE',
    `The settings in ${path} were written by a newer version of Sluice ` +
      `(format ${version}; this version knows format ${settingsVersion})`,
    {
      fix: 'Install the newer version again, or name another data folder with --data-dir.',
      details: { path, version },
    },
  );
}

const freshSettings = (externalId: string): Settings => ({
  version: settingsVersion,
  externalId,
  destinations: [],
  sources: [],
  pipelines: [],
});

/** The external ID that a file put aside still tells. */
function externalIdOf(seen: FileVerdict): string | undefined {
  if (seen.verdict === 'valid') return seen.settings.externalId;
  return seen.verdict === 'corrupt' ? seen.externalId : undefined;
}

function startedAnewNotice(path: string, aside: string, idKept: boolean): string {
  const id = idKept
    ? 'The external ID was read out of it and stays the same.'
    : 'Its external ID could not be read: there is a new one now, and the trust policy of every role must be ' +
      'changed to it ("sluice trust" prints it).';
  return `The settings in ${path} were damaged. They were kept as ${basename(aside)}, and empty settings were started. ${id}`;
}

class SettingsFile implements SettingsStore {
  readonly path: string;
  readonly notices: string[] = [];
  recoveredFrom: string | undefined;
  readonly #folder: string;
  readonly #makeConf: MakeConf;
  #conf: ConfFile | undefined;

  constructor(folder: string, make: MakeConf) {
    this.#folder = folder;
    this.#makeConf = make;
    this.path = join(folder, 'config.json');
  }

  read(): Settings {
    const seen = this.#examine();
    if (seen !== undefined) return seen;
    return this.#locked('open the settings', () => this.#examine() ?? this.#repair());
  }

  update(
    change: (settings: Settings) => Settings,
    options?: { readonly externalId: 'may-be-taken' },
  ): Settings {
    return this.#locked('save the settings', () => {
      const before = this.#examine() ?? this.#repair();
      const fitted = fitSettings(change(before));
      if ('reason' in fitted) {
        throw new SluiceError('INPUT_INVALID', `The settings cannot be saved: ${fitted.reason}`);
      }
      const free = options?.externalId === 'may-be-taken' && rolesThatKnow(before).length === 0;
      if (fitted.settings.externalId !== before.externalId && !free) {
        throw new SluiceError('INPUT_INVALID', 'The external ID of an installation never changes');
      }
      this.#write(fitted.settings);
      return fitted.settings;
    });
  }

  /** The settings, or `undefined` when the file is absent or damaged. */
  #examine(): Settings | undefined {
    const seen = examineFile(this.path);
    if (seen.verdict === 'newer') throw newerVersion(this.path, seen.version);
    return seen.verdict === 'valid' ? seen.settings : undefined;
  }

  /** Makes a good file; the caller holds the lock and has seen that there is none. */
  #repair(): Settings {
    const damaged = examineFile(this.path).verdict === 'corrupt';
    // A process that died in the middle of this left no settings, but the damaged file, which knows the external ID.
    const aside = damaged ? this.#putAside() : newestCorruptPath(this.path);
    const restored = this.#restoreCutWrite();
    if (restored !== undefined) return restored;
    if (aside === undefined) return this.#startAnew(randomUUID());
    const kept = externalIdOf(examineFile(aside));
    const fresh = this.#startAnew(kept ?? randomUUID());
    this.recoveredFrom = aside;
    this.notices.push(startedAnewNotice(this.path, aside, kept !== undefined));
    return fresh;
  }

  #putAside(): string {
    const aside = freeCorruptPath(this.path);
    storing(this.path, 'put the damaged settings aside', () => renameSync(this.path, aside));
    return aside;
  }

  /** A process that died while it wrote left its copy of the file as it was before: that copy is the settings. */
  #restoreCutWrite(): Settings | undefined {
    const previous = examineFile(previousPath(this.path));
    if (previous.verdict !== 'valid') return undefined;
    storing(this.path, 'restore the settings', () => restorePrevious(this.path));
    this.notices.push(
      `The settings in ${this.path} were damaged while they were written. They are again as they were before that.`,
    );
    return previous.settings;
  }

  #startAnew(externalId: string): Settings {
    const fresh = freshSettings(externalId);
    this.#write(fresh);
    return fresh;
  }

  #write(settings: Settings): void {
    storing(this.path, 'save the settings', () => {
      this.#conf ??= this.#makeConf(confOptions(this.#folder));
      writeVerified(this.#conf, settings);
    });
  }

  #locked<T>(doing: string, act: () => T): T {
    return withLock(join(this.#folder, 'config.lock'), lockWaitMs, doing, act);
  }
}

/**
 * Opens the settings of a data folder. The first open makes the file and the external ID, once, however many
 * processes start together. A damaged file is renamed to `config.corrupt-<time>.json`, never deleted, and a notice
 * says so.
 *
 * @throws SluiceError DATA_FOLDER_UNUSABLE, DISK_FULL
 */
export function openSettings(folder: string, options: SettingsOptions = {}): SettingsStore {
  const settings = new SettingsFile(folder, options.makeConf ?? makeConf);
  settings.read();
  return settings;
}
