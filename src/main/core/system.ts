/** What a screen needs to know about the program itself. */
import { once } from 'node:events';
import type { Outputs } from '../../shared/contract.ts';
import { SluiceError } from '../../shared/errors.ts';
import type { HostRequest } from '../../shared/host-request.ts';
import type { CoreContext } from './context.ts';
import { version } from './version.ts';

/** What the user has to be told about the data folder, e.g. that a damaged file was put aside. */
export const noticesOf = ({ settings, history }: CoreContext): string[] => [
  ...settings.notices,
  ...history.notices,
];

export const systemInfo = (core: CoreContext): Outputs['system']['info'] => ({
  version,
  host: core.host.kind,
  dataFolder: core.folder,
  canChooseFiles: core.host.chooseFile !== undefined,
  notices: noticesOf(core),
});

/** @throws SluiceError INPUT_INVALID where the host has no file dialog */
export async function chooseFile({ host }: CoreContext): Promise<{ path: string | null }> {
  if (host.chooseFile !== undefined) return { path: await host.chooseFile() };
  throw new SluiceError('INPUT_INVALID', 'There is no file dialog here', {
    fix: 'Type the path of the file.',
  });
}

/** What the host asks of its window, until `signal` fires; a host that has nothing to ask stays silent. */
export async function* hostRequests(
  { host }: CoreContext,
  signal: AbortSignal,
): AsyncGenerator<HostRequest, void> {
  if (host.requests !== undefined) yield* host.requests(signal);
  else if (!signal.aborted) await once(signal, 'abort');
}
