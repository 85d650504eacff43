/** The setup of a destination that somebody has begun: kept until it is finished or given up. Never a secret. */
import type { Setup } from '../../shared/model.ts';
import type { CoreContext } from './context.ts';

export const readSetup = (core: CoreContext): Setup | null => core.settings.read().setup ?? null;

/** One per installation: it replaces the one before. */
export function saveSetup(core: CoreContext, setup: Setup): void {
  core.settings.update((settings) => ({ ...settings, setup }));
}

export function forgetSetup(core: CoreContext): void {
  // Most installations have none: nothing is written then.
  if (core.settings.read().setup === undefined) return;
  core.settings.update(({ setup: _, ...settings }) => settings);
}
