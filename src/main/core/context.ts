/** What the use cases work with; a host makes it once. */
import type { LoadOptions } from '../load/object-load.ts';
import type { History } from '../stores/history.ts';
import type { SecretStore } from '../stores/secrets.ts';
import type { SettingsStore } from '../stores/settings.ts';

export interface CoreContext {
  readonly settings: SettingsStore;
  readonly secrets: SecretStore;
  readonly history: History;
  /** Credentials of the embedded sandbox, where the host runs one. They live in memory only. */
  readonly sandbox?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Sizes of a load, for tests; the defaults are in jobs.ts. */
  readonly load?: Partial<LoadOptions> | undefined;
}
