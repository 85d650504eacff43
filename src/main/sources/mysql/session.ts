/** One connection to MySQL or MariaDB: opening it, stopping what runs on it, letting it go. */
import { SluiceError } from '../../../shared/errors.ts';
import { within } from '../interruptible.ts';
import { cancelled } from '../raised.ts';
import { type Connection, createConnection, type TextRow } from './driver.ts';
import { connectError, isTlsFailure } from './errors.ts';
import type { MysqlSettings } from './settings.ts';
import { type Encryption, encryptionsOf } from './tls.ts';

/** How long a server may take to say goodbye before the connection is cut, in milliseconds. */
const patience = 500;
/** The same for a query to stop, where somebody waits for it; it takes a second connection and its login. */
const stopPatience = 800;

export interface Session {
  readonly settings: MysqlSettings;
  readonly connection: Connection;
  readonly database: string;
  /** E.g. "MariaDB 10.11.19". */
  readonly version: string;
  /** True until the connection is lost or let go. */
  readonly alive: boolean;
  /** Rows with every value as text. Errors are the driver's own: the caller knows what they mean. */
  query(sql: string): Promise<readonly TextRow[]>;
  /** Has a query looked at by the server, names and rights, without a row of it being worked out. */
  check(sql: string): Promise<void>;
  /**
   * Asks the server to stop what runs, and cuts the connection if `over` does not come within `milliseconds`,
   * 800 if absent.
   */
  interrupt(over: Promise<unknown>, milliseconds?: number): Promise<void>;
  end(): Promise<void>;
}

/**
 * Connects and logs in.
 * @throws SluiceError SOURCE_UNREACHABLE, SOURCE_DENIED, SOURCE_NOT_FOUND, INPUT_INVALID, CANCELLED
 */
export async function connect(settings: MysqlSettings, signal: AbortSignal): Promise<Session> {
  if (signal.aborted) throw cancelled();
  const encryptions = await encryptionsOf(settings);
  for (const [index, encryption] of encryptions.entries()) {
    try {
      return await logIn(settings, encryption, signal);
    } catch (error) {
      if (signal.aborted) throw cancelled();
      const mayRetry = index + 1 < encryptions.length && isTlsFailure(error);
      if (!mayRetry) throw connectError(error, settings);
    }
  }
  throw new SluiceError('INTERNAL', 'no way to connect was tried');
}

async function logIn(settings: MysqlSettings, encryption: Encryption, signal: AbortSignal): Promise<Session> {
  const connection = createConnection(settings, encryption);
  let alive = true;
  const isOver = (): void => {
    alive = false;
  };
  // the query that runs reports a lost connection; without a listener an idle one would end the process
  connection.on('error', isOver);
  connection.on('end', isOver);
  const destroy = (): void => {
    alive = false;
    connection.stream.destroy();
  };
  signal.addEventListener('abort', destroy, { once: true });
  try {
    await connected(connection);
    const facts = await readFacts(connection);
    return {
      ...{ settings, connection, database: facts.database, version: facts.version },
      get alive() {
        return alive;
      },
      query: (sql) => runQuery(connection, sql),
      check: (sql) => checkQuery(connection, sql),
      interrupt: async (over, milliseconds = stopPatience) => {
        // a pooler may have numbers of its own, and the number of somebody else's query must not be named
        const request =
          facts.id === connection.threadId ? kill(settings, encryption, facts.id, milliseconds) : null;
        // both are waited for: a request still under way would stop whatever runs next
        if (!(await within(milliseconds, Promise.all([over, request])))) destroy();
      },
      end: async () => {
        const ended = new Promise<void>((resolve) => connection.end(() => resolve()));
        if (!(await within(patience, ended))) destroy();
        alive = false;
      },
    };
  } catch (error) {
    destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', destroy);
  }
}

const connected = (connection: Connection): Promise<void> =>
  new Promise((resolve, reject) => {
    connection.connect((error) => (error === null ? resolve() : reject(error)));
  });

const runQuery = (connection: Connection, sql: string): Promise<readonly TextRow[]> =>
  new Promise((resolve, reject) => {
    connection.query(sql, (error, rows) => (error === null ? resolve(rows ?? []) : reject(error)));
  });

const checkQuery = (connection: Connection, sql: string): Promise<void> =>
  new Promise((resolve, reject) => {
    connection.prepare(sql, (error, statement) => {
      statement?.close();
      if (error === null) resolve();
      else reject(error);
    });
  });

/** By a second connection, the only way in. Never fails; its end does not say whether the query was met. */
async function kill(
  settings: MysqlSettings,
  encryption: Encryption,
  id: number,
  milliseconds: number,
): Promise<void> {
  const connection = createConnection({ ...settings, connectTimeout: milliseconds }, encryption);
  connection.on('error', () => undefined);
  const asked = connected(connection).then(() => runQuery(connection, `KILL QUERY ${id}`));
  await within(milliseconds, asked);
  connection.stream.destroy();
}

interface Facts {
  readonly id: number;
  readonly database: string;
  readonly version: string;
}

const oldest = { MariaDB: [10, 2], MySQL: [5, 7] } as const;

async function readFacts(connection: Connection): Promise<Facts> {
  await runQuery(connection, 'SET NAMES utf8mb4');
  // else lists and tables would end early without a word
  await runQuery(connection, `SET SESSION sql_select_limit = ${2n ** 64n - 1n}`);
  const [row] = await runQuery(connection, 'SELECT CONNECTION_ID(), DATABASE(), VERSION()');
  const [id, database, text] = row ?? [];
  const product = /mariadb/i.test(text ?? '') ? 'MariaDB' : 'MySQL';
  // before version 11 MariaDB may put "5.5.5-" before its own number, for old replicas
  const number = /^(?:5\.5\.5-)?((\d+)\.(\d+)[\d.]*)/.exec(text ?? '');
  const version = `${product} ${number?.[1] ?? text}`;
  const [major, minor] = [Number(number?.[2]), Number(number?.[3])];
  const [oldMajor, oldMinor] = oldest[product];
  if (major < oldMajor || (major === oldMajor && minor < oldMinor)) {
    throw new SluiceError('SOURCE_UNREADABLE', `${version} is too old to be read`, {
      fix: `Sluice reads MySQL ${oldest.MySQL.join('.')}, MariaDB ${oldest.MariaDB.join('.')} and later.`,
    });
  }
  return { id: Number(id), database: database ?? '', version };
}
