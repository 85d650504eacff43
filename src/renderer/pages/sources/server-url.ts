/** The URL of a server from its fields, and a pasted URL without its password. Pure. */
import type { SourceForm } from './source-form.ts';

/** The URL that says what the fields say, as psql or the mysql client would read it; never with the password. */
export function urlOf(form: SourceForm): string {
  const user = form.user.trim() === '' ? '' : `${encodeURIComponent(form.user.trim())}@`;
  const port = form.port.trim() === '' ? '' : `:${form.port.trim()}`;
  const database = encodeURIComponent(form.database.trim());
  if (form.kind === 'mysql') {
    const socket = form.socket.trim();
    const place = socket === '' ? `${hostPart(form.host.trim())}${port}` : 'localhost';
    const bySocket = socket === '' ? '' : `&socket=${encodeURIComponent(socket)}`;
    return `mysql://${user}${place}/${database}?ssl-mode=${mysqlModes[form.encryption]}${bySocket}`;
  }
  // Without an authority of one's own, those that this computer trusts vouch for the server.
  const authority = form.encryption === 'verify-full' ? '&sslrootcert=system' : '';
  return `postgres://${user}${hostPart(form.host.trim())}${port}/${database}?sslmode=${form.encryption}${authority}`;
}

/** Values of `ssl-mode`. */
export const mysqlModes: Readonly<Record<SourceForm['encryption'], string>> = {
  prefer: 'preferred',
  require: 'required',
  'verify-full': 'verify-identity',
  disable: 'disabled',
};

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
  const scheme = /^\s*(?:postgres(?:ql)?|mysql|mariadb):\/\//.exec(url)?.[0];
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
