/** The parts of a database URL, decoded; what PostgreSQL's and MySQL's have in common. Pure. */
import { SluiceError } from '../../shared/errors.ts';

export interface UrlParameter {
  readonly name: string;
  /** Decoded. */
  readonly value: string;
  /** `name=value` as it stood in the URL. */
  readonly text: string;
}

/** A part that is absent or empty is ''. */
export interface UrlParts {
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: string;
  /** What follows the first slash. */
  readonly database: string;
  readonly parameters: readonly UrlParameter[];
  /** The same URL without the password before the host and without these parameters; else to the letter. */
  without(names: ReadonlySet<string>): string;
}

/**
 * Every part may be left out and may be percent-encoded; an IPv6 address stands in brackets. No error repeats
 * the URL, since it may hold a password.
 * @throws SluiceError INPUT_INVALID
 */
export function splitUrl(url: string, scheme: string): UrlParts {
  const rest = url.slice(scheme.length);
  const login = /^[^@/]*@/.exec(rest)?.[0] ?? '';
  const [place = '', ...queries] = rest.slice(login.length).split('?');
  const query = queries.length === 0 ? undefined : queries.join('?');
  const parameters = query === undefined || query === '' ? [] : query.split('&').map(readPair);
  return {
    ...readLogin(login),
    ...readPlace(place),
    parameters,
    without: (names) => {
      const kept = parameters.filter(({ name }) => !names.has(name)).map(({ text }) => text);
      const gone = query === undefined || (kept.length === 0 && parameters.length > 0);
      return `${scheme}${login.replace(/:.*@$/s, '@')}${place}${gone ? '' : `?${kept.join('&')}`}`;
    },
  };
}

function readLogin(login: string): Pick<UrlParts, 'user' | 'password'> {
  const text = login.slice(0, -1);
  const colon = text.indexOf(':');
  const user = decode(colon < 0 ? text : text.slice(0, colon), 'user name');
  return { user, password: colon < 0 ? '' : decode(text.slice(colon + 1), 'password') };
}

function readPlace(place: string): Pick<UrlParts, 'host' | 'port' | 'database'> {
  const slash = place.indexOf('/');
  const address = slash < 0 ? place : place.slice(0, slash);
  // others would take what follows for a port or a database; it is far more often a piece of a password
  if (place.includes('@')) {
    throw invalidUrl('the part before the host holds a bare "@" or "/"', 'Write @ as %40 and / as %2F.');
  }
  if (address.includes(',')) throw invalidUrl('a URL with several hosts is not supported', 'Name one host.');
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/s.exec(address);
  if (match === null) {
    throw invalidUrl('the host is not readable', 'Write an IPv6 address in brackets: [::1].');
  }
  const host = decode(match[1] ?? match[2] ?? '', 'host');
  const port = match[3] ?? '';
  if (!/^\d*$/.test(port)) {
    throw invalidUrl(
      'the port is not a number',
      'Write /, @, : and ? as %2F, %40, %3A and %3F in a user name.',
    );
  }
  return { host, port, database: slash < 0 ? '' : decode(place.slice(slash + 1), 'database') };
}

function readPair(text: string): UrlParameter {
  const equals = text.indexOf('=');
  if (equals < 1) throw invalidUrl('every parameter after "?" is written as name=value');
  const name = decode(text.slice(0, equals), 'parameter');
  return { name, value: decode(text.slice(equals + 1), name), text };
}

function decode(text: string, part: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    throw invalidUrl(`the ${part} in the URL has a broken %-escape`, 'Write a percent sign itself as %25.');
  }
  if (decoded.includes('\0')) throw invalidUrl(`the ${part} in the URL holds a NUL character`);
  return decoded;
}

/** A parameter that Sluice does not act on; its name is repeated only where it cannot be a piece of a password. */
export function unknownParameter(name: string, supported: readonly string[]): SluiceError {
  const named = /^[\w-]{1,40}$/.test(name) ? ` "${name}"` : '';
  return invalidUrl(`the URL parameter${named} is not supported`, `Supported are ${supported.join(', ')}.`);
}

export const invalidUrl = (message: string, fix?: string): SluiceError =>
  new SluiceError('INPUT_INVALID', message, fix === undefined ? {} : { fix });
