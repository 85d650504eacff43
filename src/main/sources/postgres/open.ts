/** PostgreSQL as a source. */
import { SluiceError } from '../../../shared/errors.ts';
import { displayName } from '../../../shared/model.ts';
import { takeRows } from '../first-rows.ts';
import { cancellable } from '../interruptible.ts';
import { keepSessions } from '../kept-sessions.ts';
import type { OpenSource, Snapshot } from '../source.ts';
import type { Tunnel } from '../tunnel/open.ts';
import { listObjects } from './catalogue.ts';
import { describeColumns } from './describe.ts';
import { readError } from './errors.ts';
import { connect } from './session.ts';
import { resolveSettings } from './settings.ts';
import { notThere, openSnapshot } from './snapshot.ts';
import { parsePostgresUrl } from './url.ts';

export interface PostgresOptions {
  /** As psql takes it, without a password. */
  readonly url: string;
  /** Wins over PGPASSWORD and the password file. */
  readonly password?: string | undefined;
  /** Absent: the server is reached directly. Ended together with the source. */
  readonly tunnel?: Tunnel | undefined;
  readonly signal: AbortSignal;
}

/**
 * Connects, logs in and keeps the connection. A job that reads one object at a time needs no second one.
 * @throws SluiceError SECRET_IN_ARGUMENT, INPUT_INVALID, SOURCE_UNREACHABLE, SOURCE_DENIED,
 *   SOURCE_NOT_FOUND, CANCELLED
 */
export async function openPostgres({ url, password, tunnel, signal }: PostgresOptions): Promise<OpenSource> {
  const parsed = parsePostgresUrl(url);
  if (parsed.hasPassword) throw new SluiceError('SECRET_IN_ARGUMENT', 'The URL of a source holds a password');
  const settings = await resolveSettings(parsed, { password, tunnel });
  const sessions = keepSessions(await connect(settings, signal), (until) => connect(settings, until));
  return {
    database: sessions.first.database,
    version: `PostgreSQL ${sessions.first.version}`,
    objects: async (until) => {
      const session = await sessions.take(until);
      try {
        const objects = await cancellable(session, until, () => listObjects(session));
        await sessions.giveBack(session);
        return objects;
      } catch (error) {
        await sessions.drop(session);
        throw readError(error, settings, null);
      }
    },
    columns: async (name, until) => {
      const session = await sessions.take(until);
      try {
        const columns = await cancellable(session, until, () => describeColumns(session, name));
        await sessions.giveBack(session);
        if (columns === null) throw notThere(session, displayName(name));
        return columns;
      } catch (error) {
        await sessions.drop(session);
        throw readError(error, settings, displayName(name));
      }
    },
    firstRows: async (name, { rows, milliseconds, signal: until }) => {
      const session = await sessions.take(until);
      try {
        await using snapshot = await openSnapshot(session, {
          ...{ signal: until, readers: 1, connect: sessions.take, release: sessions.drop },
          settings: { statement_timeout: String(milliseconds) },
        });
        const reader = await cancellable(session, until, () => snapshot.object(name, rows + 1));
        return await takeRows(reader, rows, until);
      } catch (error) {
        await sessions.drop(session);
        throw error;
      }
    },
    snapshot: async (until, { readers = 1 } = {}): Promise<Snapshot> => {
      const session = await sessions.take(until);
      try {
        const { take: connect, drop: release } = sessions;
        return await openSnapshot(session, { signal: until, readers, connect, release });
      } catch (error) {
        await sessions.drop(session);
        throw error;
      }
    },
    [Symbol.asyncDispose]: sessions.end,
  };
}
