/** Updates of the program: only a host can look for one and install it; the setting is kept here. */
import { SluiceError } from '../../shared/errors.ts';
import { type UpdateSettings, type UpdateState, usualUpdateSettings } from '../../shared/updates.ts';
import type { CoreContext } from './context.ts';
import { version } from './version.ts';

/** A host's side of updates. */
export interface UpdatesHost {
  /** The state now, and again after every change, until the signal fires. */
  watch(signal: AbortSignal): AsyncGenerator<UpdateState, void>;
  /** Begins to look for a newer version. */
  check(): void;
  /** Begins to download the version that was found. @throws SluiceError INPUT_INVALID when none was */
  download(): void;
  /** Ends a download. */
  stop(): void;
  /** Has what was downloaded installed. @throws SluiceError JOB_RUNNING for `now` while a load runs */
  install(when: 'now' | 'quit'): Promise<void>;
  /** Opens the page of the version that was found in the user's browser. */
  openPage(): void;
}

/** @throws SluiceError INPUT_INVALID where the program is not updated from here */
export function updatesOf({ host }: CoreContext): UpdatesHost {
  if (host.updates !== undefined) return host.updates;
  throw new SluiceError('INPUT_INVALID', 'This program is not updated from here', {
    fix: 'Update it in the way in which it was installed.',
  });
}

/** Where there are no updates, it says so once and ends. */
export async function* watchUpdates(
  { host }: CoreContext,
  signal: AbortSignal,
): AsyncGenerator<UpdateState, void> {
  if (host.updates !== undefined) yield* host.updates.watch(signal);
  else yield { support: 'none', current: version, now: { step: 'idle' } };
}

export const readUpdateSettings = ({ settings }: CoreContext): UpdateSettings =>
  settings.read().updates ?? usualUpdateSettings;

export function saveUpdateSettings({ settings }: CoreContext, updates: UpdateSettings): void {
  settings.update((before) => ({ ...before, updates }));
}
