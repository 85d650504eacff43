/** The new source as it is typed, and what is wrong with it. Pure. */
import type { Inputs } from '../../../shared/contract.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { nameSchema } from '../../../shared/model.ts';

export interface SourceForm {
  readonly name: string;
  readonly kind: 'postgres' | 'sqlite';
  /** How the PostgreSQL server is described. */
  readonly by: 'fields' | 'url';
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly encryption: 'prefer' | 'require' | 'verify-full' | 'disable';
  readonly url: string;
  readonly path: string;
}

export type Field = keyof SourceForm;
export type Problems = Partial<Readonly<Record<Field, string>>>;

export const emptyForm: SourceForm = {
  name: '',
  kind: 'postgres',
  by: 'fields',
  host: '',
  port: '',
  database: '',
  user: '',
  password: '',
  encryption: 'prefer',
  url: '',
  path: '',
};

const maxPort = 65_535;

/** The form as the contract takes it. */
export function sourceOf(form: SourceForm): Inputs['sources']['save'] {
  const name = form.name.trim();
  if (form.kind === 'sqlite') return { name, location: { kind: 'sqlite', path: form.path.trim() } };
  return {
    name,
    location: { kind: 'postgres', url: form.by === 'url' ? form.url.trim() : urlOf(form) },
    ...(form.password === '' ? {} : { password: form.password }),
  };
}

/** The URL that says what the fields say, by libpq's rules; never with the password. */
export function urlOf(form: SourceForm): string {
  const user = form.user.trim() === '' ? '' : `${encodeURIComponent(form.user.trim())}@`;
  const port = form.port.trim() === '' ? '' : `:${form.port.trim()}`;
  // Without an authority of one's own, those that this computer trusts vouch for the server.
  const authority = form.encryption === 'verify-full' ? '&sslrootcert=system' : '';
  const database = encodeURIComponent(form.database.trim());
  return `postgres://${user}${hostPart(form.host.trim())}${port}/${database}?sslmode=${form.encryption}${authority}`;
}

/** An IPv6 address stands in brackets; the folder of a socket is escaped. */
function hostPart(host: string): string {
  if (/^[\da-f:.%]*:[\da-f:.%]*$/i.test(host)) return `[${host}]`;
  return encodeURIComponent(host);
}

export interface WithoutPassword {
  readonly url: string;
  /** Decoded; undefined where the URL had none. */
  readonly password: string | undefined;
}

/** Takes the password out of a pasted URL, also where its `@` or `/` should have been escaped. */
export function takePassword(url: string): WithoutPassword {
  const scheme = /^\s*postgres(?:ql)?:\/\//.exec(url)?.[0];
  if (scheme === undefined) return { url, password: undefined };
  const rest = url.slice(scheme.length);
  const question = rest.indexOf('?');
  const place = question < 0 ? rest : rest.slice(0, question);
  const pairs = question < 0 ? [] : rest.slice(question + 1).split('&');
  const login = place.slice(0, Math.max(0, place.lastIndexOf('@')));
  const colon = login.indexOf(':');
  const named = pairs.find((pair) => pair.startsWith('password='));
  if (colon < 0 && named === undefined) return { url, password: undefined };
  const kept = pairs.filter((pair) => pair !== named).join('&');
  const cleanPlace = colon < 0 ? place : `${login.slice(0, colon)}${place.slice(login.length)}`;
  const found = named === undefined ? login.slice(colon + 1) : named.slice('password='.length);
  return {
    url: `${scheme}${cleanPlace}${kept === '' ? '' : `?${kept}`}`,
    password: found === '' ? undefined : decoded(found),
  };
}

/** As it stands, where somebody wrote a bare percent sign. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What has to be mended before the form can be sent; at most one sentence a field. */
export function problemsOf(form: SourceForm, takenNames: readonly string[]): Problems {
  const found: Partial<Record<Field, string>> = {};
  const name = nameSchema.safeParse(form.name);
  if (!name.success) found.name = sentence(name.error.issues[0]?.message ?? 'the name is not valid');
  else if (takenNames.includes(name.data)) found.name = 'There is a source of this name already.';
  if (form.kind === 'sqlite') {
    if (!isAbsolutePath(form.path.trim())) {
      found.path = 'Give the whole path of the file, beginning with / or with a drive such as C:\\.';
    }
  } else if (form.by === 'url') {
    if (!/^postgres(ql)?:\/\//.test(form.url.trim())) {
      found.url = 'A PostgreSQL URL begins with postgres:// or postgresql://.';
    }
  } else {
    if (form.host.trim() === '') found.host = 'The host is empty.';
    if (form.database.trim() === '') found.database = 'The database has no name.';
    const port = form.port.trim();
    if (port !== '' && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= maxPort)) {
      found.port = 'A port is a number from 1 to 65535.';
    }
  }
  return found;
}

/** Which field a failed save points at; undefined where it points at none. */
export function fieldOf(code: ErrorCode | 'UNKNOWN', { kind, by }: SourceForm): Field | undefined {
  if (code === 'NAME_TAKEN') return 'name';
  if (kind === 'sqlite') return code.startsWith('SOURCE_') || code === 'INPUT_INVALID' ? 'path' : undefined;
  if (code.startsWith('KEYCHAIN_') || code === 'SOURCE_DENIED') return 'password';
  if (by === 'url') {
    return code.startsWith('SOURCE_') || code.endsWith('_INVALID') || code === 'SECRET_IN_ARGUMENT'
      ? 'url'
      : undefined;
  }
  const fields: Partial<Record<typeof code, Field>> = {
    SOURCE_UNREACHABLE: 'host',
    SOURCE_NOT_FOUND: 'database',
    INPUT_INVALID: 'encryption',
  };
  return fields[code];
}

/** SQL for an administrator: rights that are enough to read the tables of the schema "public". */
export function grantsFor({ by, database, user }: SourceForm): string {
  const from = (typed: string, standIn: string): string =>
    by === 'url' || typed.trim() === '' ? standIn : identifier(typed.trim());
  const grantee = from(user, 'your_user');
  return [
    `GRANT CONNECT ON DATABASE ${from(database, 'your_database')} TO ${grantee};`,
    `GRANT USAGE ON SCHEMA public TO ${grantee};`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${grantee};`,
  ].join('\n');
}

/** Quoted where PostgreSQL would read it otherwise. */
const identifier = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

const isAbsolutePath = (path: string): boolean => /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path);

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
