/** Where the secrets of a source are kept, and what is known of the SSH servers in front of it. */
import { join } from 'node:path';
import { passwordIsStored, type Source, tunnelSecretIsStored } from '../../shared/model.ts';
import type { HostKeys } from '../sources/tunnel/host-key.ts';
import type { CoreContext } from './context.ts';

/** The keychain's name for the password of a source. */
export const passwordAccount = (name: string): string => `source/${name}`;

/** The keychain's name for the secret of its tunnel. */
export const tunnelAccount = (name: string): string => `tunnel/${name}`;

export interface SourceSecrets {
  readonly password: string | undefined;
  /** The passphrase of the key file of the tunnel, or its password. */
  readonly tunnelSecret: string | undefined;
}

/**
 * The secrets of a source that are in the keychain.
 * @throws SluiceError of the family `keychain`
 */
export async function secretsOf(core: CoreContext, source: Source): Promise<SourceSecrets> {
  const { name } = source;
  return {
    password: passwordIsStored(source) ? await core.secrets.get(passwordAccount(name)) : undefined,
    tunnelSecret: tunnelSecretIsStored(source) ? await core.secrets.get(tunnelAccount(name)) : undefined,
  };
}

/** Host keys that were accepted in Sluice are kept in the data folder, beside those that ssh knows. */
export const hostKeysIn = (folder: string, accept?: string): HostKeys => ({
  file: join(folder, 'known_hosts'),
  accept,
});
