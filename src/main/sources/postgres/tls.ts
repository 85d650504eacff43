/** What libpq's sslmode means in the words of node:tls. */
import { stat } from 'node:fs/promises';
import { type ConnectionOptions, getCACertificates } from 'node:tls';
import { SluiceError } from '../../../shared/errors.ts';
import { readPem, unreadablePem } from '../pem-file.ts';
import { isSocket, type PostgresSettings } from './settings.ts';

/** One attempt to connect: with these TLS options, or in the clear. */
export type Encryption = ConnectionOptions | false;

/**
 * The attempts in libpq's order: `prefer` tries TLS and falls back, `allow` the other way round; the rest
 * have one attempt. A socket is never encrypted.
 */
export async function encryptionsOf(settings: PostgresSettings): Promise<readonly Encryption[]> {
  if (isSocket(settings) || settings.sslMode === 'disable') return [false];
  const tls = await tlsOptions(settings);
  if (settings.sslMode === 'prefer') return [tls, false];
  if (settings.sslMode === 'allow') return [false, tls];
  return [tls];
}

async function tlsOptions(settings: PostgresSettings): Promise<ConnectionOptions> {
  const own = await clientCertificate(settings);
  const { sslMode, sslRootCert } = settings;
  // an authority named for `require` is checked like `verify-ca`, as in libpq
  const checksChain = sslRootCert !== null && ['require', 'verify-ca', 'verify-full'].includes(sslMode);
  if (!checksChain || sslRootCert === null) return { ...own, rejectUnauthorized: false };
  const ca =
    sslRootCert === 'system' ? getCACertificates('system') : [await readPem(sslRootCert, 'sslrootcert')];
  const anyName = sslMode === 'verify-full' ? {} : { checkServerIdentity: () => undefined };
  return { ...own, ca, rejectUnauthorized: true, ...anyName };
}

async function clientCertificate({ sslCert, sslKey }: PostgresSettings): Promise<ConnectionOptions> {
  if (sslCert === null) return {};
  if (sslKey === null) {
    throw new SluiceError('INPUT_INVALID', `there is no private key for the certificate ${sslCert}`, {
      fix: 'Add sslkey=FILE to the URL.',
    });
  }
  await refuseOpenKey(sslKey);
  return { cert: await readPem(sslCert, 'sslcert'), key: await readPem(sslKey, 'sslkey') };
}

/** libpq's rule: a key of root may be read by its group, any other key by its owner alone. */
async function refuseOpenKey(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const info = await stat(path).catch((error: unknown) => {
    throw unreadablePem(path, 'sslkey', error);
  });
  const forbidden = info.uid === 0 ? 0o037 : 0o077;
  if ((info.mode & forbidden) !== 0) {
    throw new SluiceError('INPUT_INVALID', `the private key ${path} may be read by others`, {
      fix: `Take the right away: chmod 600 ${path}`,
    });
  }
}
