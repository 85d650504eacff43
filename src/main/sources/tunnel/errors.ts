/** The one place that turns what ssh2 and the network raise about a tunnel into Sluice's errors. */
import { type ErrorDetails, SluiceError } from '../../../shared/errors.ts';
import type { Tunnel } from '../../../shared/model.ts';
import { codeOf, messageOf, networkVerdicts } from '../raised.ts';

type Place = Pick<Tunnel, 'host' | 'port'>;

/** `the SSH server bastion.example:22`, for messages. */
export const placeOfTunnel = ({ host, port }: Place): string =>
  `The SSH server ${host.includes(':') ? `[${host}]` : host}:${port}`;

export const tunnelDetails = ({ host, port, user }: Tunnel): ErrorDetails => ({
  sshHost: host,
  sshPort: port,
  sshUser: user,
});

/** The connection to the SSH server broke, and every connection through it. */
export class TunnelLost extends Error {
  override readonly name = 'TunnelLost';
}

export const lost = (tunnel: Place, why: string): TunnelLost =>
  new TunnelLost(
    `the SSH connection through ${placeOfTunnel(tunnel).replace(/^The/, 'the')} was lost (${why})`,
  );

/** Why a running tunnel ended, in plain words. */
export function whyLost(error: unknown): string {
  if (error === undefined) return 'the server ended it';
  if (messageOf(error) === 'Keepalive timeout') return 'it did not answer any more';
  return networkVerdicts[codeOf(error)]?.why ?? messageOf(error);
}

const loginFixes: Readonly<Record<Tunnel['auth']['type'], string>> = {
  agent: 'Check the user name, and that the agent holds a key which the server knows (ssh-add -l).',
  key: 'Check the user name, and that the public key stands in authorized_keys of this user.',
  password: 'Check the user name and the password.',
};

/** An error met before the login was done. */
export function tunnelError(error: unknown, tunnel: Tunnel): SluiceError {
  if (error instanceof SluiceError) return error;
  const place = placeOfTunnel(tunnel);
  const level = (error as { level?: unknown } | null)?.level;
  const text = messageOf(error);
  const details = { ...tunnelDetails(tunnel), reason: codeOf(error) || null, server: text };
  if (level === 'client-authentication') {
    const what = { agent: 'any key of the agent', key: 'this key', password: 'this password' };
    return new SluiceError(
      'TUNNEL_DENIED',
      `${place} does not let "${tunnel.user}" in with ${what[tunnel.auth.type]}`,
      { details, fix: loginFixes[tunnel.auth.type], cause: error },
    );
  }
  const why =
    level === 'client-timeout'
      ? 'it did not answer in time'
      : (networkVerdicts[codeOf(error)]?.why ?? handshakeWords(text));
  return new SluiceError('TUNNEL_UNREACHABLE', `${place} cannot be reached: ${why}`, {
    details,
    cause: error,
  });
}

function handshakeWords(text: string): string {
  if (/no matching/i.test(text)) return `it offers no algorithm that is still safe (${text})`;
  if (text === 'Connection lost before handshake')
    return 'it broke the connection off before it said who it is';
  return text;
}

/** RFC 4254, section 5.1. */
const prohibited = 1;
const connectFailed = 2;

/** An error met where the SSH server was to connect to the database. */
export function forwardError(error: unknown, tunnel: Tunnel, host: string, port: number): SluiceError {
  const reason = (error as { reason?: unknown } | null)?.reason;
  const text = messageOf(error).replace(/^\(SSH\) Channel open failure: /, '');
  const place = placeOfTunnel(tunnel);
  const details = { ...tunnelDetails(tunnel), host, port, server: text };
  if (reason === prohibited) {
    return new SluiceError(
      'TUNNEL_DENIED',
      `${place} does not let "${tunnel.user}" connect to ${host}:${port}`,
      {
        details,
        cause: error,
        fix: 'Its settings forbid it: AllowTcpForwarding, PermitOpen, or the options of the key in authorized_keys. Ask whoever runs the server.',
      },
    );
  }
  if (reason === connectFailed) {
    return new SluiceError('SOURCE_UNREACHABLE', `${place} cannot reach ${host}:${port}: ${text}`, {
      details,
      cause: error,
      fix: 'Check host and port of the database: they are looked up where the SSH server stands.',
    });
  }
  return new SluiceError('TUNNEL_UNREACHABLE', `${place} did not open the way to ${host}:${port}: ${text}`, {
    details,
    cause: error,
  });
}
