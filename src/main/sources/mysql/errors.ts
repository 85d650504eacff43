/** The one place that turns what mysql2 and the network raise into Sluice's errors. */
import { type ErrorCode, type ErrorDetails, isCancelled, SluiceError } from '../../../shared/errors.ts';
import { cancelled, codeOf, messageOf, networkVerdicts, type Verdict } from '../raised.ts';
import { TunnelLost } from '../tunnel/errors.ts';
import { PublicKeyRefused } from './driver.ts';
import { connectionDetails, type MysqlSettings, placeOf } from './settings.ts';

const busy: Verdict = {
  code: 'SOURCE_UNREACHABLE',
  why: 'the server has no connection left',
  fix: 'Try again later.',
};
const notAdmitted: Verdict = { code: 'SOURCE_DENIED', why: 'the server does not admit this user' };
const expired: Verdict = {
  code: 'SOURCE_DENIED',
  why: 'the password has expired',
  fix: 'Set a new one with the mysql client: ALTER USER USER() IDENTIFIED BY …',
};
const stopping: Verdict = {
  code: 'SOURCE_UNREACHABLE',
  why: 'the server is starting or stopping',
  fix: 'Try again in a moment.',
};

/** By the number of the server's error. */
const atLogin: Readonly<Record<number, Verdict>> = {
  1040: busy,
  1203: busy,
  1226: busy,
  1044: { code: 'SOURCE_DENIED', why: 'this user may not use the database' },
  1049: {
    code: 'SOURCE_NOT_FOUND',
    why: 'there is no such database',
    fix: 'Check the name of the database.',
  },
  1053: stopping,
  1129: notAdmitted,
  1130: notAdmitted,
  1251: notAdmitted,
  1820: expired,
  1862: expired,
  3118: { code: 'SOURCE_DENIED', why: 'the account is locked' },
  4151: { code: 'SOURCE_DENIED', why: 'the account is locked' },
  3159: {
    code: 'SOURCE_UNREACHABLE',
    why: 'the server takes encrypted connections only',
    fix: 'Use ssl-mode=required.',
  },
};

const accessDenied: ReadonlySet<number> = new Set([1045, 1698]);

const whileReading: Readonly<Record<number, ErrorCode>> = {
  1044: 'SOURCE_DENIED',
  1142: 'SOURCE_DENIED',
  1143: 'SOURCE_DENIED',
  1227: 'SOURCE_DENIED',
  1370: 'SOURCE_DENIED',
  1046: 'OBJECT_NOT_FOUND',
  1049: 'OBJECT_NOT_FOUND',
  1146: 'OBJECT_NOT_FOUND',
  1053: 'SOURCE_LOST', // the server goes down
  1205: 'SOURCE_LOST', // somebody holds a lock on the table
  1213: 'SOURCE_LOST', // a deadlock
  1317: 'SOURCE_LOST', // stopped by an administrator
  1927: 'SOURCE_LOST',
  1969: 'SOURCE_LOST', // a time limit that cannot be lifted
  3024: 'SOURCE_LOST',
  4031: 'SOURCE_LOST',
};

const definitionChanged = 1412;

/** True where the server or the network did not let TLS happen, so that `preferred` may go on without. */
export const isTlsFailure = (error: unknown): boolean =>
  ['HANDSHAKE_NO_SSL_SUPPORT', 'HANDSHAKE_SSL_ERROR'].includes(codeOf(error));

/** An error met before the connection was ready. */
export function connectError(error: unknown, settings: MysqlSettings): SluiceError {
  if (error instanceof SluiceError) return error;
  if (isCancelled(error)) return cancelled();
  const text = messageOf(error);
  const { code, why, fix } = connectVerdict(error, settings, text);
  const place = placeOf(settings);
  const subject =
    code === 'SOURCE_NOT_FOUND'
      ? `The database "${settings.database}" at ${place} cannot be opened`
      : code === 'SOURCE_DENIED'
        ? `MySQL at ${place} does not let "${settings.user}" into "${settings.database}"`
        : `MySQL at ${place} cannot be reached`;
  return new SluiceError(code, `${subject}: ${why}`, {
    details: { ...connectionDetails(settings), reason: codeOf(error) || null, server: text },
    cause: error,
    ...(fix === undefined ? {} : { fix }),
  });
}

function connectVerdict(error: unknown, settings: MysqlSettings, text: string): Verdict {
  if (error instanceof PublicKeyRefused) {
    return {
      code: 'SOURCE_DENIED',
      why: 'without TLS the password would go to whoever hands out a key',
      fix: 'Use ssl-mode=required, or get-server-public-key=1 where you trust the network.',
    };
  }
  const number = numberOf(error);
  if (accessDenied.has(number)) return passwordVerdict(settings);
  const verdict = atLogin[number];
  if (verdict !== undefined) return { ...verdict, why: `${verdict.why} (${text})` };
  const code = codeOf(error);
  if (code === 'AUTH_SWITCH_PLUGIN_ERROR' || code === 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED') {
    const plugin = /plugin (\w+)/.exec(text)?.[1] ?? 'mysql_clear_password';
    return {
      code: 'SOURCE_DENIED',
      why: `the server wants a way to log in that Sluice does not have (${plugin})`,
      fix: 'Give the user caching_sha2_password, or mysql_native_password on MariaDB.',
    };
  }
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return {
      code: 'SOURCE_UNREACHABLE',
      why: `the server has no TLS, and ssl-mode=${settings.sslMode} insists on it`,
      fix: 'Turn TLS on at the server; ssl-mode=preferred goes on without it, in the clear.',
    };
  }
  if (isTlsFailure(error)) {
    return {
      code: 'SOURCE_UNREACHABLE',
      why: `no TLS connection with ssl-mode=${settings.sslMode} (${text})`,
      fix: 'Check ssl-mode, ssl-ca and the name in the certificate of the server.',
    };
  }
  return networkVerdicts[code] ?? { code: 'SOURCE_UNREACHABLE', why: text };
}

/** The server does not say whether it is the user, the password or the host that it does not know. */
function passwordVerdict({ password, fileNotes }: MysqlSettings): Verdict {
  if (password() !== null) {
    return {
      code: 'SOURCE_DENIED',
      why: 'the user name or the password is wrong, or this computer may not connect as that user',
      fix: 'Check the user name and the password.',
    };
  }
  const note = fileNotes.length === 0 ? '' : `; ${fileNotes.join('; ')}`;
  return {
    code: 'SOURCE_DENIED',
    why: `the server does not know this user, or asks for a password and none was given${note}`,
    fix: 'Give it with --password-stdin, or in the [client] group of ~/.my.cnf.',
  };
}

/** An error met on a connection that had been ready. `object` is how the object is shown. */
export function readError(error: unknown, settings: MysqlSettings, object: string | null): SluiceError {
  if (error instanceof SluiceError) return error;
  if (isCancelled(error)) return cancelled();
  const details: ErrorDetails = {
    ...connectionDetails(settings),
    ...(object === null ? {} : { object }),
    reason: codeOf(error) || null,
  };
  const subject = object ?? `The database "${settings.database}"`;
  const text = messageOf(error);
  const number = numberOf(error);
  if (number === 0) {
    const why =
      error instanceof TunnelLost
        ? error.message
        : (networkVerdicts[codeOf(error)]?.why ?? 'the connection ended early');
    return new SluiceError('SOURCE_LOST', `${subject} was not read to its end: ${why}`, {
      details: { ...details, server: text },
      cause: error,
    });
  }
  if (number === definitionChanged) return changedSince(subject, details, error);
  const code = whileReading[number] ?? 'SOURCE_UNREADABLE';
  const verb = { SOURCE_DENIED: 'may not be read', SOURCE_LOST: 'was not read to its end' };
  const happened = verb[code as keyof typeof verb] ?? 'cannot be read';
  return new SluiceError(code, `${subject} ${happened}: ${text}`, {
    details,
    cause: error,
    ...(code === 'SOURCE_DENIED'
      ? { fix: `Grant the right to "${settings.user}" (GRANT SELECT), or leave the object out.` }
      : {}),
  });
}

/** What a snapshot of rows says about a table that is another one by now is not what was asked for. */
export const changedSince = (subject: string, details: ErrorDetails, cause?: unknown): SluiceError =>
  new SluiceError('SOURCE_UNREADABLE', `${subject} was changed, emptied or replaced after the load began`, {
    details,
    ...(cause === undefined ? {} : { cause }),
    fix: 'Run the load again; it then sees the table as it is now.',
  });

export interface InvalidText {
  readonly object: string;
  /** As it is called in the database. */
  readonly column: string;
  /** Its expression as bytes, to paste into a view. */
  readonly asBytes: string;
  /** What is wrong with it. */
  readonly why: string;
}

/** A part file is UTF-8, and no character of it may be a guess. */
export const invalidText = ({ object, column, asBytes, why }: InvalidText): SluiceError =>
  new SluiceError('SOURCE_UNREADABLE', `The column "${column}" of ${object} holds ${why}`, {
    details: { object, column },
    fix: `Mend the text, or load a view that reads it as bytes: ${asBytes}.`,
  });

/** The number of the server's error; 0 where it is not the server that speaks. */
function numberOf(error: unknown): number {
  const { errno, sqlState } = (error ?? {}) as { errno?: unknown; sqlState?: unknown };
  return typeof errno === 'number' && typeof sqlState === 'string' ? errno : 0;
}
