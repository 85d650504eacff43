/** What may be skipped in CI, and why. Everything else that is skipped there fails the run. */
import type { Skipped } from './skipped-reporter.ts';

/** What a suite needs (the words after "needs") -> why CI does not have it. */
const reasons: Readonly<Record<string, string>> = {
  'an account other than root': 'CI runs as root, and nothing stops root from reading a file',
};

/** True where the list has a reason for what is needed. */
export const allowedInCi = ({ needs }: Skipped): boolean => Object.hasOwn(reasons, needs);
