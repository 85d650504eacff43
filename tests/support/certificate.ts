/** A certificate of a server for the tests. */
import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * Makes one in `dir` that is its own authority and names `localhost` only, so that a check of the name fails on
 * 127.0.0.1. Null where there is no openssl.
 */
export async function makeCertificate(dir: string): Promise<TestCertificate | null> {
  const cert = join(dir, 'server.crt');
  const key = join(dir, 'server.key');
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  try {
    const made = ['req', '-x509', ...curve, '-nodes', '-days', '2', ...name, '-keyout', key, '-out', cert];
    await run('openssl', made);
  } catch {
    return null;
  }
  await chmod(key, 0o600);
  return { cert, key };
}
