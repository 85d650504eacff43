/** The one place that turns what pg and the network raise into Sluice's errors. */
import pg from 'pg';
import { type ErrorCode, type ErrorDetails, isCancelled, SluiceError } from '../../../shared/errors.ts';
import { cancelled, codeOf, messageOf, networkVerdicts, timedOut, type Verdict } from '../raised.ts';
import { TunnelLost } from '../tunnel/errors.ts';
import { connectionDetails, type PostgresSettings, placeOf } from './settings.ts';

/** Raised inside the login when the server asks for a password and there is none. */
export class PasswordMissing extends Error {
  override readonly name = 'PasswordMissing';
}

/** By SQLSTATE, or by its class of two letters. */
const atLogin: Readonly<Record<string, Verdict>> = {
  '28P01': {
    code: 'SOURCE_DENIED',
    why: 'the password is wrong',
    fix: 'Check the user name and the password.',
  },
  '28': { code: 'SOURCE_DENIED', why: 'the server does not admit this user' },
  '3D000': {
    code: 'SOURCE_NOT_FOUND',
    why: 'there is no such database',
    fix: 'Check the name of the database.',
  },
  '42501': { code: 'SOURCE_DENIED', why: 'this user may not connect to the database' },
  '53300': { code: 'SOURCE_UNREACHABLE', why: 'the server has no connection left', fix: 'Try again later.' },
  '57P03': {
    code: 'SOURCE_UNREACHABLE',
    why: 'the server is starting or stopping',
    fix: 'Try again in a moment.',
  },
};

const whileReading: Readonly<Record<string, ErrorCode>> = {
  '42501': 'SOURCE_DENIED',
  '42P01': 'OBJECT_NOT_FOUND',
  '3F000': 'OBJECT_NOT_FOUND',
  '08': 'SOURCE_LOST',
  '40': 'SOURCE_LOST', // a conflict with recovery on a standby, a deadlock
  '57': 'SOURCE_LOST', // stopped by an administrator, the server going down
  '25P03': 'SOURCE_LOST',
  '25P04': 'SOURCE_LOST',
};

const tlsCode =
  /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;
const tlsRefused = 'The server does not support SSL connections';

/** True where the server or the network did not let TLS happen, so that `prefer` may go on without. */
export const isTlsFailure = (error: unknown): boolean =>
  tlsCode.test(codeOf(error)) ||
  (error instanceof Error && /\bSSL\b/.test(error.message) && codeOf(error) === '');

/** True where the server has no rule that admits this user over this kind of connection. */
export const isNotAdmitted = (error: unknown): boolean => codeOf(error) === '28000';

/** An error met before the connection was ready. */
export function connectError(error: unknown, settings: PostgresSettings): SluiceError {
  if (error instanceof SluiceError) return error;
  if (isCancelled(error)) return cancelled();
  const text = messageOf(error);
  const { code, why, fix } = connectVerdict(error, settings, text);
  const place = placeOf(settings);
  const subject =
    code === 'SOURCE_NOT_FOUND'
      ? `The database "${settings.database}" at ${place} cannot be opened`
      : code === 'SOURCE_DENIED'
        ? `PostgreSQL at ${place} does not let "${settings.user}" into "${settings.database}"`
        : `PostgreSQL at ${place} cannot be reached`;
  return new SluiceError(code, `${subject}: ${why}`, {
    details: { ...connectionDetails(settings), reason: codeOf(error) || null, server: text },
    cause: error,
    ...(fix === undefined ? {} : { fix }),
  });
}

function connectVerdict(error: unknown, settings: PostgresSettings, text: string): Verdict {
  const code = codeOf(error);
  if (error instanceof PasswordMissing) {
    const note = settings.passwordNote === null ? '' : `; ${settings.passwordNote}`;
    return {
      code: 'SOURCE_DENIED',
      why: `the server asks for a password and none was given${note}`,
      fix: 'Give it with --password-stdin, in PGPASSWORD or in ~/.pgpass.',
    };
  }
  if (error instanceof pg.DatabaseError) {
    const verdict = atLogin[code] ?? atLogin[code.slice(0, 2)];
    if (verdict === undefined) return { code: 'SOURCE_UNREACHABLE', why: text };
    return code === '28P01' || code === '3D000' ? verdict : { ...verdict, why: `${verdict.why} (${text})` };
  }
  if (text === 'timeout expired') return timedOut;
  if (text.startsWith('SASL')) return { code: 'SOURCE_DENIED', why: `the login failed (${text})` };
  if (text === tlsRefused) {
    return {
      code: 'SOURCE_UNREACHABLE',
      why: `the server has no TLS, and sslmode=${settings.sslMode} insists on it`,
      fix: 'Turn TLS on at the server; sslmode=prefer goes on without it, in the clear.',
    };
  }
  if (isTlsFailure(error)) {
    return {
      code: 'SOURCE_UNREACHABLE',
      why: `no TLS connection with sslmode=${settings.sslMode} (${text})`,
      fix: 'Check sslmode, sslrootcert and the name in the certificate of the server.',
    };
  }
  return networkVerdicts[code] ?? { code: 'SOURCE_UNREACHABLE', why: text };
}

/** An error met on a connection that had been ready. `object` is how the object is shown. */
export function readError(error: unknown, settings: PostgresSettings, object: string | null): SluiceError {
  if (error instanceof SluiceError) return error;
  if (isCancelled(error)) return cancelled();
  const details: ErrorDetails = {
    ...connectionDetails(settings),
    ...(object === null ? {} : { object }),
    reason: codeOf(error) || null,
  };
  const subject = object ?? `The database "${settings.database}"`;
  const text = messageOf(error);
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) {
    const why =
      error instanceof TunnelLost
        ? error.message
        : (networkVerdicts[codeOf(error)]?.why ?? 'the connection ended early');
    return new SluiceError('SOURCE_LOST', `${subject} was not read to its end: ${why}`, {
      details: { ...details, server: text },
      cause: error,
    });
  }
  if (object !== null && (error.code === '22021' || error.code === '22P05')) return notUtf8(object, error);
  if (error.routine === 'check_enable_rls') return rowSecurity(error, subject, details, settings);
  const code =
    whileReading[error.code] ?? whileReading[error.code.slice(0, 2)] ?? ('SOURCE_UNREADABLE' as const);
  const verb = { SOURCE_DENIED: 'may not be read', SOURCE_LOST: 'was not read to its end' };
  const happened = verb[code as keyof typeof verb] ?? 'cannot be read';
  return new SluiceError(code, `${subject} ${happened}: ${text}`, {
    details,
    cause: error,
    ...(code === 'SOURCE_DENIED'
      ? { fix: `Grant the right to "${settings.user}" (GRANT SELECT), or leave the object out.` }
      : {}),
    ...(error.code === '55000'
      ? { fix: 'Run REFRESH MATERIALIZED VIEW for it, or leave the object out.' }
      : {}),
  });
}

/** Without `row_security = off` the server would leave rows out and say nothing. */
const rowSecurity = (
  error: unknown,
  subject: string,
  details: ErrorDetails,
  settings: PostgresSettings,
): SluiceError =>
  new SluiceError(
    'SOURCE_DENIED',
    `${subject} may not be read: row-level security hides some of its rows from "${settings.user}"`,
    {
      details,
      cause: error,
      fix: 'Connect as the owner or as a role with BYPASSRLS, or load a view that shows what may be seen.',
    },
  );

/** A database of encoding SQL_ASCII stores bytes as they came; a part file is UTF-8. */
export const notUtf8 = (object: string, cause?: unknown): SluiceError =>
  new SluiceError('SOURCE_UNREADABLE', `${object} holds text that cannot be written as UTF-8`, {
    details: { object },
    ...(cause === undefined ? {} : { cause }),
    fix: "Mend the text, or load a view that converts it: convert_from(column::bytea, 'LATIN1').",
  });
