/** What it takes to reach a destination: its settings, and where its credentials come from. */
import type { DestinationSettings } from '../../shared/model.ts';
import type { AccessContext } from '../access/signing.ts';
import type { CoreContext } from './context.ts';
import { secretAccount } from './secret-account.ts';

export const isPractice = ({ access }: DestinationSettings): boolean =>
  access.type === 'role' && access.signer.kind === 'sandbox';

/**
 * The settings and the credentials to reach a destination; those of practice mode are where it runs now.
 * @param secret instead of the one in the keychain
 */
export async function reach(
  core: CoreContext,
  settings: DestinationSettings,
  secret?: string,
): Promise<{ readonly settings: DestinationSettings; readonly context: AccessContext }> {
  const { externalId } = core.settings.read();
  const context: AccessContext = {
    externalId,
    secretAccessKey: async () => secret ?? (await core.secrets.get(secretAccount(settings.name))),
  };
  if (!isPractice(settings) || core.practice === undefined) return { settings, context };
  const { endpoint, region, credentials } = await core.practice.ground(externalId);
  return {
    settings: { ...settings, region, endpoint, stsEndpoint: endpoint, pathStyle: true },
    context: { ...context, sandbox: credentials },
  };
}
