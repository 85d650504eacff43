/** Further connections that see the very snapshot of the first one, so that several objects are read at a time. */
import pg from 'pg';
import { SluiceError } from '../../../shared/errors.ts';
import { cancellable } from '../interruptible.ts';
import { readError } from './errors.ts';
import type { Session } from './session.ts';

/** How long a follower waits for a lock that the leader has: somebody who waits for the leader may stand between. */
const lockTimeout = '1s';

export interface Followers {
  readonly sessions: readonly Session[];
  /** Why there are fewer than were asked for. */
  readonly warnings: readonly string[];
}

export interface FollowerOptions {
  readonly count: number;
  readonly signal: AbortSignal;
  readonly connect: (signal: AbortSignal) => Promise<Session>;
  readonly release: (session: Session) => Promise<void>;
  /** Begins a transaction as the leader's. */
  readonly begin: string;
  /** Sets in it what every value depends on. */
  readonly prepare: (session: Session, changed: Readonly<Record<string, string>>) => Promise<unknown>;
}

/**
 * Connects as many as it can; what cannot be had is a warning and no failure.
 * @param snapshotId as the leader exported it; its transaction must stay open
 * @throws SluiceError CANCELLED
 */
export async function openFollowers(snapshotId: string, options: FollowerOptions): Promise<Followers> {
  const { count, signal } = options;
  const tried = await Promise.allSettled(
    Array.from({ length: count }, () => openFollower(snapshotId, options)),
  );
  const sessions = tried.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = tried.find((result) => result.status === 'rejected');
  if (failed === undefined) return { sessions, warnings: [] };
  if (signal.aborted) {
    await Promise.all(sessions.map(options.release));
    throw failed.reason;
  }
  return { sessions, warnings: [fewer(sessions.length + 1, failed.reason)] };
}

/** The warning for a job that reads fewer objects at a time than it could. */
export function fewer(readers: number, reason: unknown): string {
  const why = reason instanceof Error ? reason.message : String(reason);
  const objects = readers === 1 ? 'one object is' : `${readers} objects are`;
  return `Only ${objects} read at a time: ${why}`;
}

async function openFollower(
  snapshotId: string,
  { signal, connect, release, begin, prepare }: FollowerOptions,
): Promise<Session> {
  const session = await connect(signal);
  try {
    await cancellable(session, signal, async () => {
      await session.query(begin);
      await session.query(`SET TRANSACTION SNAPSHOT ${pg.escapeLiteral(snapshotId)}`);
      await prepare(session, { lock_timeout: lockTimeout });
    });
    return session;
  } catch (error) {
    await release(session);
    throw error instanceof SluiceError ? error : readError(error, session.settings, null);
  }
}
