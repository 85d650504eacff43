/** What the mysql client's ssl-mode means in the words of node:tls. */
import { getCACertificates } from 'node:tls';
import { SluiceError } from '../../../shared/errors.ts';
import { readPem } from '../pem-file.ts';
import type { MysqlSettings } from './settings.ts';

/** One attempt to connect: with these TLS options, or in the clear. */
export type Encryption = TlsOptions | false;

export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  /** Whether the certificate has to be for the host that was asked for. */
  readonly checkName: boolean;
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
}

/** The attempts in order. A socket never leaves this computer and is encrypted only where TLS is insisted on. */
export async function encryptionsOf(settings: MysqlSettings): Promise<readonly Encryption[]> {
  const { sslMode, socket } = settings;
  if (sslMode === 'disabled' || (sslMode === 'preferred' && socket !== null)) return [false];
  const tls = await tlsOptions(settings);
  return sslMode === 'preferred' ? [tls, false] : [tls];
}

async function tlsOptions({ sslMode, sslCa, sslCert, sslKey }: MysqlSettings): Promise<TlsOptions> {
  const own = await clientCertificate(sslCert, sslKey);
  if (sslMode !== 'verify-ca' && sslMode !== 'verify-identity') {
    return { ...own, rejectUnauthorized: false, checkName: false };
  }
  // without an authority of one's own, those that this computer trusts vouch for the server
  const ca = sslCa === null ? getCACertificates('system') : [await readPem(sslCa, 'ssl-ca')];
  return { ...own, ca, rejectUnauthorized: true, checkName: sslMode === 'verify-identity' };
}

async function clientCertificate(
  sslCert: string | null,
  sslKey: string | null,
): Promise<Pick<TlsOptions, 'cert' | 'key'>> {
  if (sslCert === null && sslKey === null) return {};
  if (sslCert === null || sslKey === null) {
    throw new SluiceError('INPUT_INVALID', 'a client certificate needs both ssl-cert and ssl-key', {
      fix: 'Add the one that is missing to the URL.',
    });
  }
  return { cert: await readPem(sslCert, 'ssl-cert'), key: await readPem(sslKey, 'ssl-key') };
}
