/** A secret store without a keychain, for tests of what uses one. */
import type { SecretStore } from '../../src/main/stores/secrets.ts';
import { SluiceError } from '../../src/shared/errors.ts';

/** Keeps secrets in memory; `entries` is open to the test. */
export function memorySecrets(entries: Map<string, string> = new Map()): SecretStore {
  return {
    async get(account) {
      const secret = entries.get(account);
      if (secret !== undefined) return secret;
      throw new SluiceError('KEYCHAIN_ENTRY_MISSING', `The keychain gives no entry "${account}"`);
    },
    async set(account, secret) {
      entries.set(account, secret);
    },
    async delete(account) {
      return entries.delete(account);
    },
  };
}
