/** MySQL and MariaDB as a source. */
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
import { parseMysqlUrl } from './url.ts';

export interface MysqlOptions {
  /** mysql://user@host:port/database?ssl-mode=…, without a password. */
  readonly url: string;
  /** Wins over option files and MYSQL_PWD. */
  readonly password?: string | undefined;
  /** Absent: the server is reached directly. Ended together with the source. */
  readonly tunnel?: Tunnel | undefined;
  readonly signal: AbortSignal;
}

/**
 * Connects, logs in and keeps the connection. Only stopping a query takes a second one.
 * @throws SluiceError SECRET_IN_ARGUMENT, INPUT_INVALID, SOURCE_UNREACHABLE, SOURCE_DENIED,
 *   SOURCE_NOT_FOUND, CANCELLED
 */
export async function openMysql({ url, password, tunnel, signal }: MysqlOptions): Promise<OpenSource> {
  const parsed = parseMysqlUrl(url);
  if (parsed.hasPassword) throw new SluiceError('SECRET_IN_ARGUMENT', 'The URL of a source holds a password');
  const settings = await resolveSettings(parsed, { password, tunnel });
  const sessions = keepSessions(await connect(settings, signal), (until) => connect(settings, until));
  return {
    database: sessions.first.database,
    version: sessions.first.version,
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
        await using snapshot = await openSnapshot(session, until, () => sessions.drop(session), {
          max_statement_time: String(milliseconds / 1000), // MariaDB's, in seconds
          max_execution_time: String(Math.ceil(milliseconds)), // MySQL's, in milliseconds
        });
        const reader = await cancellable(session, until, () => snapshot.object(name, rows + 1));
        return await takeRows(reader, rows, until);
      } catch (error) {
        await sessions.drop(session);
        throw error;
      }
    },
    snapshot: async (until): Promise<Snapshot> => {
      const session = await sessions.take(until);
      try {
        return await openSnapshot(session, until, () => sessions.drop(session));
      } catch (error) {
        await sessions.drop(session);
        throw error;
      }
    },
    [Symbol.asyncDispose]: sessions.end,
  };
}
