/** The options of a command that reaches a database through an SSH server. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { NewTunnel } from '../../../shared/contract.ts';
import { SluiceError } from '../../../shared/errors.ts';
import { userPath } from './command.ts';
import { canPrompt, secretFromPrompt, secretsFromStdin } from './secret-input.ts';
import type { ShownError } from './shown-error.ts';

export interface SshOptions {
  readonly ssh?: string;
  readonly sshKey?: string;
  readonly sshPassword?: boolean;
  readonly sshSecretStdin?: boolean;
}

export const addSshOptions = (command: Command): Command =>
  command
    .option('--ssh <user@host[:port]>', 'reach the database through this SSH server')
    .option('--ssh-key <file>', 'log in there with this key file instead of the SSH agent')
    .option('--ssh-password', 'log in there with a password')
    .option('--ssh-secret-stdin', "read that password, or the key's passphrase, from standard input");

export const addHostKeyOption = (command: Command): Command =>
  command.option(
    '--accept-host-key <fingerprint>',
    'accept the SSH server that shows this key (SHA256:…), if it is not known yet',
  );

/** @throws SluiceError INPUT_INVALID, SECRET_IN_ARGUMENT */
export function tunnelFrom(options: SshOptions): NewTunnel | undefined {
  const { ssh, sshKey, sshPassword, sshSecretStdin } = options;
  if (ssh === undefined) {
    if (sshKey === undefined && sshPassword !== true && sshSecretStdin !== true) return undefined;
    throw new SluiceError(
      'INPUT_INVALID',
      'There are options for an SSH server, but --ssh does not name it',
      {
        fix: 'Add --ssh user@host.',
      },
    );
  }
  if (sshKey !== undefined && sshPassword === true) {
    throw new SluiceError('INPUT_INVALID', '--ssh-key and --ssh-password exclude each other', {
      fix: 'Log in with one of them.',
    });
  }
  const place = /^([^@]+)@(?:\[([^\]]+)\]|([^@:[\]]+))(?::(\d{1,5}))?$/.exec(ssh);
  if (place === null) {
    throw new SluiceError('INPUT_INVALID', 'The SSH server is not readable', {
      fix: 'Write it as user@host or user@host:port; an IPv6 address in brackets. Aliases of ~/.ssh/config are not read.',
    });
  }
  const [, user = '', address, name, port = '22'] = place;
  if (user.includes(':'))
    throw new SluiceError('SECRET_IN_ARGUMENT', 'The user of the SSH server holds a password');
  return {
    ...{ host: address ?? name ?? '', port: Number(port), user },
    auth:
      sshKey !== undefined
        ? { type: 'key', path: sshKey.startsWith('~') ? sshKey : userPath(sshKey) }
        : sshPassword === true
          ? { type: 'password' }
          : { type: 'agent' },
  };
}

export interface GivenSecrets {
  readonly password?: string;
  readonly tunnelSecret?: string;
}

/**
 * What standard input holds: one secret, or with both options a line each, the password of the database first.
 * @throws SluiceError INPUT_INVALID
 */
export async function secretsGiven({
  passwordStdin,
  sshSecretStdin,
}: SshOptions & { readonly passwordStdin?: boolean }): Promise<GivenSecrets> {
  const asked = [
    ...(passwordStdin === true ? (['password'] as const) : []),
    ...(sshSecretStdin === true ? (['tunnelSecret'] as const) : []),
  ];
  const options = { password: '--password-stdin', tunnelSecret: '--ssh-secret-stdin' };
  const secrets = await secretsFromStdin(asked.map((name) => options[name]));
  return Object.fromEntries(asked.map((name, index) => [name, secrets[index]]));
}

/** What somebody at the terminal can add so that a connection that failed may work. */
export interface Added extends GivenSecrets {
  readonly acceptHostKey?: string;
}

/**
 * Asks for what is missing, where somebody sits at the terminal; undefined where nothing would help.
 * @throws SluiceError CANCELLED
 */
export async function askForMissing(
  error: ShownError,
  given: Added,
  signal: AbortSignal,
): Promise<Added | undefined> {
  if (!canPrompt()) return undefined;
  const key = await askForHostKey(error, given, signal);
  if (key !== undefined) return key;
  const { code, details } = error;
  if (code === 'TUNNEL_DENIED' && given.tunnelSecret === undefined && details.wants !== undefined) {
    const question =
      details.wants === 'passphrase' ? `Passphrase of ${details.path}:` : 'Password of the SSH server:';
    return { tunnelSecret: await secretFromPrompt(question, signal) };
  }
  if (given.password === undefined && wantsPassword(code, details)) {
    return { password: await secretFromPrompt('Password:', signal) };
  }
  return undefined;
}

/** The same for what a saved source may lack: that its SSH server is known here. */
export async function askForHostKey(
  { code, message, details }: ShownError,
  { acceptHostKey }: Added,
  signal: AbortSignal,
): Promise<Added | undefined> {
  if (!canPrompt() || code !== 'HOST_KEY_UNKNOWN' || acceptHostKey !== undefined) return undefined;
  process.stderr.write(`${message}.\n`);
  await accept(signal);
  return { acceptHostKey: String(details.fingerprint) };
}

/** True where a password would help: none was there, or the one of .pgpass or .my.cnf is wrong. */
const wantsPassword = (code: string, details: ShownError['details']): boolean =>
  code === 'SOURCE_DENIED' &&
  (details.server === 'no password' || ['28P01', 'ER_ACCESS_DENIED_ERROR'].includes(String(details.reason)));

/** As ssh asks: only the whole word is a yes. */
async function accept(signal: AbortSignal): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal
    .question('Is this the fingerprint that you were told? Accept it (yes/no)? ', { signal })
    .catch(() => '')
    .finally(() => terminal.close());
  if (answer.trim().toLowerCase() !== 'yes')
    throw new SluiceError('CANCELLED', 'The SSH server was not accepted');
}
