/**
 * Where the two servers are known to differ: group / case -> whose answer is not AWS's, and what it is. A case that
 * is listed must fail on that server: an entry that no longer holds fails the suite.
 */
import type { ServerName } from './server.ts';

export interface Difference {
  readonly server: ServerName;
  /** What it does instead. */
  readonly what: string;
}

export const differences: Readonly<Record<string, Difference>> = {};
