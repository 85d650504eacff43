/** PostgreSQL as a source. */
import { SluiceError } from '../../../shared/errors.ts';
import type { OpenSource, Snapshot } from '../source.ts';
import { listObjects } from './catalogue.ts';
import { readError } from './errors.ts';
import { cancellable, connect, type Session } from './session.ts';
import { resolveSettings } from './settings.ts';
import { openSnapshot } from './snapshot.ts';
import { parsePostgresUrl } from './url.ts';

export interface PostgresOptions {
  /** As psql takes it, without a password. */
  readonly url: string;
  /** Wins over PGPASSWORD and the password file. */
  readonly password?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Connects, logs in and keeps the connection: a job needs no second one.
 * @throws SluiceError SECRET_IN_ARGUMENT, INPUT_INVALID, SOURCE_UNREACHABLE, SOURCE_DENIED,
 *   SOURCE_NOT_FOUND, CANCELLED
 */
export async function openPostgres({ url, password, signal }: PostgresOptions): Promise<OpenSource> {
  const parsed = parsePostgresUrl(url);
  if (parsed.hasPassword) throw new SluiceError('SECRET_IN_ARGUMENT', 'The URL of a source holds a password');
  const settings = await resolveSettings(parsed, { password });
  const first = await connect(settings, signal);
  const open = new Set<Session>([first]);
  let idle: Session | null = first;

  const take = async (until: AbortSignal): Promise<Session> => {
    const session = idle?.alive === true ? idle : await connect(settings, until);
    idle = null;
    open.add(session);
    return session;
  };
  const drop = async (session: Session): Promise<void> => {
    if (!open.delete(session)) return;
    if (idle === session) idle = null;
    await session.end();
  };

  return {
    database: first.database,
    version: `PostgreSQL ${first.version}`,
    objects: async (until) => {
      const session = await take(until);
      try {
        const objects = await cancellable(session, until, () => listObjects(session));
        if (idle === null) idle = session;
        else await drop(session);
        return objects;
      } catch (error) {
        await drop(session);
        throw readError(error, settings, null);
      }
    },
    snapshot: async (until): Promise<Snapshot> => {
      const session = await take(until);
      try {
        return await openSnapshot(session, until, () => drop(session));
      } catch (error) {
        await drop(session);
        throw error;
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...open].map(drop));
    },
  };
}
