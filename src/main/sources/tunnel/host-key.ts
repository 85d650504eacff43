/** Whether an SSH server is the one that it should be, by its host key. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../../../shared/errors.ts';
import {
  addKnownKey,
  fingerprintOf,
  hostNameOf,
  type KnownKey,
  keyTypeOf,
  knownKeys,
} from './known-hosts.ts';

export interface HostKeys {
  /** Sluice's own file, in the data folder: read beside those of ssh, and the only one that is written. */
  readonly file: string;
  /** The fingerprint of a key that the user accepts, `SHA256:…`: only for a host that is not known yet. */
  readonly accept?: string | undefined;
  /** The files of ssh; those of this user and this computer if absent. */
  readonly sshFiles?: readonly string[] | undefined;
}

/** Those of OpenSSH, where it keeps them without a configuration of its own. */
const sshFiles = (): readonly string[] => [
  join(homedir(), '.ssh', 'known_hosts'),
  join(homedir(), '.ssh', 'known_hosts2'),
  ...(process.platform === 'win32'
    ? [join(process.env.ProgramData ?? 'C:\\ProgramData', 'ssh', 'ssh_known_hosts')]
    : ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
];

/** How servers prove that they have a key, best first; without `ssh-rsa` over SHA-1. */
const algorithms = [
  ...['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ...['rsa-sha2-512', 'rsa-sha2-256'],
] as const;
export type HostKeyAlgorithm = (typeof algorithms)[number];

const typeOf = (algorithm: HostKeyAlgorithm): string =>
  algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm;

export interface HostKeyCheck {
  /** What to ask the server for, the types of known keys first: else it could show one that is not known. */
  readonly algorithms: readonly HostKeyAlgorithm[];
  /** @throws SluiceError HOST_KEY_UNKNOWN, HOST_KEY_REFUSED, DATA_FOLDER_UNUSABLE */
  check(blob: Buffer): void;
}

/**
 * Reads what is known of a host.
 * @throws SluiceError INPUT_INVALID for a file that cannot be read
 */
export function hostKeyCheck(host: string, port: number, options: HostKeys): HostKeyCheck {
  const files = [...(options.sshFiles ?? sshFiles()), options.file];
  const name = hostNameOf(host, port);
  const found = rows(files, name);
  const revoked = found.filter(({ marker }) => marker === 'revoked');
  const known = found.filter(({ marker }) => marker === null);
  const types = new Set(known.map(({ type }) => type));
  return {
    algorithms: [...algorithms].sort((a, b) => Number(types.has(typeOf(b))) - Number(types.has(typeOf(a)))),
    check: (blob) => {
      const shown = { name, type: keyTypeOf(blob), fingerprint: fingerprintOf(blob) };
      const gone = revoked.find((row) => row.blob.equals(blob));
      if (gone !== undefined) throw revokedKey(shown, gone);
      if (known.some((row) => row.blob.equals(blob))) return;
      const [first] = known;
      if (first !== undefined)
        throw changedKey(shown, known.find(({ type }) => type === shown.type) ?? first);
      const authority = found.some(({ marker }) => marker === 'cert-authority');
      if (options.accept === undefined) throw unknownKey(shown, authority);
      if (options.accept !== shown.fingerprint) throw otherKey(shown, options.accept);
      keep(options.file, name, blob);
    },
  };
}

function rows(files: readonly string[], name: string): KnownKey[] {
  try {
    return knownKeys(files, name);
  } catch (error) {
    const { code = null, path = '' } = error as NodeJS.ErrnoException;
    throw new SluiceError('INPUT_INVALID', `The known hosts of ssh cannot be read: ${path}`, {
      details: { path, reason: code },
      cause: error,
      fix: 'Check the rights of the file; a server whose key cannot be compared is not connected to.',
    });
  }
}

function keep(file: string, name: string, blob: Buffer): void {
  try {
    addKnownKey(file, name, blob);
  } catch (error) {
    throw new SluiceError('DATA_FOLDER_UNUSABLE', `The accepted host key could not be written to ${file}`, {
      details: { path: file, reason: (error as NodeJS.ErrnoException).code ?? null },
      cause: error,
    });
  }
}

interface Shown {
  readonly name: string;
  readonly type: string;
  readonly fingerprint: string;
}

const detailsOf = ({ name, type, fingerprint }: Shown) => ({ sshHost: name, keyType: type, fingerprint });

function unknownKey(shown: Shown, authority: boolean): SluiceError {
  const note = authority
    ? '; certificates of host keys, which known_hosts has an authority for, are not checked by Sluice'
    : '';
  return new SluiceError(
    'HOST_KEY_UNKNOWN',
    `The SSH server ${shown.name} is not known here: it shows the ${shown.type} key ${shown.fingerprint}${note}`,
    {
      details: detailsOf(shown),
      fix: `Ask whoever runs the server for its fingerprint. If it is the same, accept it in the window, or with --accept-host-key ${shown.fingerprint} of "source add" and "source test"; or connect to it once with ssh.`,
    },
  );
}

const otherKey = (shown: Shown, accepted: string): SluiceError =>
  new SluiceError(
    'HOST_KEY_REFUSED',
    `The SSH server ${shown.name} shows the ${shown.type} key ${shown.fingerprint}, not the accepted ${accepted}`,
    {
      details: detailsOf(shown),
      fix: 'Nothing was accepted. Ask whoever runs the server which fingerprint is right.',
    },
  );

const changedKey = (shown: Shown, known: KnownKey): SluiceError =>
  new SluiceError(
    'HOST_KEY_REFUSED',
    `The SSH server ${shown.name} shows another host key than it had: ${shown.type} ${shown.fingerprint}, where ${known.type} ${fingerprintOf(known.blob)} is known. Somebody may be listening in between`,
    {
      details: { ...detailsOf(shown), file: known.file, line: known.line },
      fix: `Nothing was sent. Ask whoever runs the server; only if the key was really changed, take line ${known.line} out of ${known.file} and connect again.`,
    },
  );

const revokedKey = (shown: Shown, row: KnownKey): SluiceError =>
  new SluiceError(
    'HOST_KEY_REFUSED',
    `The SSH server ${shown.name} shows the key ${shown.fingerprint}, which is marked as revoked`,
    {
      details: { ...detailsOf(shown), file: row.file, line: row.line },
      fix: `Nothing was sent. Ask whoever runs the server; the key is revoked in line ${row.line} of ${row.file}.`,
    },
  );
