/** The new source as it is typed, and what is wrong with it. Pure. */
import type { Inputs, NewTunnel } from '../../../shared/contract.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { type FileOptions, fileOptionsSchema, nameSchema } from '../../../shared/model.ts';
import { urlOf } from './server-url.ts';

export interface SourceForm {
  readonly name: string;
  readonly kind: 'postgres' | 'mysql' | 'sqlite' | 'files';
  /** How the server is described. */
  readonly by: 'fields' | 'url';
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** The socket of a MySQL server on this computer; '' for host and port. */
  readonly socket: string;
  readonly encryption: 'prefer' | 'require' | 'verify-full' | 'disable';
  readonly url: string;
  /** How the database is reached: without an SSH server, or how to log in there. */
  readonly way: 'none' | 'agent' | 'key' | 'password';
  readonly sshHost: string;
  readonly sshPort: string;
  readonly sshUser: string;
  readonly sshKey: string;
  /** The passphrase of the key, or the password. */
  readonly sshSecret: string;
  readonly path: string;
  /** Of CSV; '' is found out, or has its default. */
  readonly delimiter: string;
  readonly quote: string;
  readonly encoding: string;
  readonly nullText: string;
  readonly header: boolean;
  readonly badRows: 'stop' | 'set-aside';
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
  socket: '',
  encryption: 'prefer',
  url: '',
  way: 'none',
  sshHost: '',
  sshPort: '',
  sshUser: '',
  sshKey: '',
  sshSecret: '',
  path: '',
  delimiter: '',
  quote: '',
  encoding: '',
  nullText: '',
  header: true,
  badRows: 'stop',
};

const maxPort = 65_535;

/** The form as the contract takes it. */
export function sourceOf(form: SourceForm): Inputs['sources']['save'] {
  const name = form.name.trim();
  if (form.kind === 'sqlite') return { name, location: { kind: 'sqlite', path: form.path.trim() } };
  if (form.kind === 'files') return { name, location: filesLocationOf(form) };
  return {
    name,
    location: {
      ...{ kind: form.kind, url: form.by === 'url' ? form.url.trim() : urlOf(form) },
      ...(form.way === 'none' ? {} : { tunnel: tunnelFrom(form) }),
    },
    ...(needsSecret(form) && form.sshSecret !== '' ? { tunnelSecret: form.sshSecret } : {}),
    ...(form.password === '' ? {} : { password: form.password }),
  };
}

const needsSecret = ({ way }: SourceForm): boolean => way === 'key' || way === 'password';

function tunnelFrom({ way, sshHost, sshPort, sshUser, sshKey }: SourceForm): NewTunnel {
  const port = sshPort.trim() === '' ? 22 : Number(sshPort.trim());
  const place = { host: sshHost.trim(), port, user: sshUser.trim() };
  if (way === 'key') return { ...place, auth: { type: 'key', path: sshKey.trim() } };
  return { ...place, auth: { type: way === 'password' ? 'password' : 'agent' } };
}

function tunnelProblems(form: SourceForm): Problems {
  const found: Partial<Record<Field, string>> = {};
  if (form.way === 'none') return found;
  const host = form.sshHost.trim();
  if (host === '') found.sshHost = 'The SSH server has no host.';
  else if (!/^[^\s@/[\]]+$/.test(host))
    found.sshHost = 'Give the host alone; its user and its port have fields of their own.';
  if (!isPort(form.sshPort.trim())) found.sshPort = portRule;
  if (form.sshUser.trim() === '') found.sshUser = 'The SSH server needs a user.';
  if (form.way === 'key' && !isAbsolutePath(form.sshKey.trim()) && !/^~[\\/]./.test(form.sshKey.trim())) {
    found.sshKey = 'Give the whole path of the key file, or one that begins with ~/.';
  }
  if (form.way === 'password' && form.sshSecret === '') found.sshSecret = 'The password is empty.';
  return found;
}

const portRule = 'A port is a number from 1 to 65535.';

/** Empty for the usual one. */
const isPort = (text: string): boolean =>
  text === '' || (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= maxPort);

type FilesLocation = Extract<Inputs['sources']['save']['location'], { kind: 'files' }>;

export function filesLocationOf(form: SourceForm): FilesLocation {
  const database = form.database.trim();
  return {
    kind: 'files',
    path: form.path.trim(),
    ...(database === '' ? {} : { database }),
    options: optionsOf(form),
  };
}

/** What is left as it was is left out, so that the core's own default holds. */
const optionsOf = (form: SourceForm): FileOptions => ({
  ...(form.delimiter === '' ? {} : { delimiter: form.delimiter === 'tab' ? '\t' : form.delimiter }),
  ...(form.quote === '' ? {} : { quote: form.quote === 'none' ? '' : form.quote }),
  ...(form.encoding.trim() === '' ? {} : { encoding: form.encoding.trim() }),
  ...(form.nullText === '' ? {} : { nullText: form.nullText }),
  ...(form.header ? {} : { header: false }),
  ...(form.badRows === 'stop' ? {} : { badRows: form.badRows }),
});

const urlRules = {
  postgres: {
    begins: /^postgres(ql)?:\/\//,
    words: 'A PostgreSQL URL begins with postgres:// or postgresql://.',
  },
  mysql: { begins: /^(mysql|mariadb):\/\//, words: 'A MySQL URL begins with mysql:// or mariadb://.' },
} as const;

/** What has to be mended before the form can be sent; at most one sentence a field. */
export function problemsOf(form: SourceForm, takenNames: readonly string[]): Problems {
  const found: Partial<Record<Field, string>> = {};
  const name = nameSchema.safeParse(form.name);
  if (!name.success) found.name = sentence(name.error.issues[0]?.message ?? 'the name is not valid');
  else if (takenNames.includes(name.data)) found.name = 'There is a source of this name already.';
  if (form.kind === 'sqlite' || form.kind === 'files') {
    if (form.kind === 'files') {
      for (const issue of fileOptionsSchema.safeParse(optionsOf(form)).error?.issues ?? []) {
        const [field] = issue.path;
        if (field === 'delimiter' || field === 'quote') found[field] = sentence(issue.message);
      }
    }
    if (!isAbsolutePath(form.path.trim())) {
      found.path = 'Give the whole path of the file, beginning with / or with a drive such as C:\\.';
    }
  } else if (form.by === 'url') {
    const { begins, words } = urlRules[form.kind];
    if (!begins.test(form.url.trim())) found.url = words;
  } else {
    const bySocket = form.kind === 'mysql' && form.socket.trim() !== '';
    if (bySocket && !isAbsolutePath(form.socket.trim())) found.socket = 'Give the whole path of the socket.';
    if (form.host.trim() === '' && !bySocket) found.host = 'The host is empty.';
    if (form.database.trim() === '') found.database = 'The database has no name.';
    if (!isPort(form.port.trim())) found.port = portRule;
  }
  if (form.kind === 'postgres' || form.kind === 'mysql') Object.assign(found, tunnelProblems(form));
  return found;
}

const tunnelField = { none: undefined, agent: 'sshUser', key: 'sshKey', password: 'sshSecret' } as const;

/** Which field a failed save points at; undefined where it points at none. */
export function fieldOf(
  code: ErrorCode | 'UNKNOWN',
  { kind, by, socket, way }: SourceForm,
): Field | undefined {
  if (code === 'NAME_TAKEN') return 'name';
  if (kind === 'files' && code === 'INPUT_INVALID') return 'encoding';
  if (kind === 'sqlite' || kind === 'files')
    return code.startsWith('SOURCE_') || code === 'INPUT_INVALID' ? 'path' : undefined;
  if (code.startsWith('TUNNEL_')) return code === 'TUNNEL_UNREACHABLE' ? 'sshHost' : tunnelField[way];
  if (code.startsWith('HOST_KEY_')) return undefined;
  // it may be about either of the two servers
  if (way !== 'none' && code === 'INPUT_INVALID') return undefined;
  if (code.startsWith('KEYCHAIN_') || code === 'SOURCE_DENIED') return 'password';
  if (by === 'url') {
    return code.startsWith('SOURCE_') || code.endsWith('_INVALID') || code === 'SECRET_IN_ARGUMENT'
      ? 'url'
      : undefined;
  }
  const fields: Partial<Record<typeof code, Field>> = {
    SOURCE_UNREACHABLE: kind === 'mysql' && socket.trim() !== '' ? 'socket' : 'host',
    SOURCE_NOT_FOUND: 'database',
    INPUT_INVALID: 'encryption',
  };
  return fields[code];
}

const isAbsolutePath = (path: string): boolean => /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path);

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
