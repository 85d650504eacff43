/** What may be skipped in CI, and why. Everything else that is skipped there fails the run. */
import type { Skipped } from './skipped-reporter.ts';

/** What a suite needs (the words after "needs") -> why CI does not have it. */
const reasons: Readonly<Record<string, string>> = {
  'its runtime, a display and a user other than root':
    'the Electron runtime is no npm or Debian package; the compiled app runs against a stand-in instead',
  'its path in SLUICE_PACKAGED_APP':
    'the release workflow packs the app around the real runtime and names it',
  'a Node older than 24 outside': 'a machine of CI may bring the Node that is needed',
  'an account other than root': 'CI runs as root, and nothing stops root from reading a file',
};

/** True where the list has a reason for what is needed. */
export const allowedInCi = ({ needs }: Skipped): boolean => Object.hasOwn(reasons, needs);
