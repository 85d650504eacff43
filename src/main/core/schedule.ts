/** The texts that have a pipeline loaded every day. Nothing is set up by them here. */
import { type Schedule, schedulesOf } from '../../shared/schedule.ts';
import type { CoreContext } from './context.ts';
import { find } from './names.ts';
import { listPipelines } from './pipelines.ts';

/** @throws SluiceError NOT_FOUND */
export function schedulePipeline(
  core: CoreContext,
  { name, at }: { readonly name: string; readonly at: string },
): { schedules: Schedule[] } {
  const { name: pipeline } = find(listPipelines(core), name, 'pipeline');
  // The desktop app has no command line of its own: the one of the npm package is found by its name.
  const command = core.host.command ?? ['sluice'];
  return { schedules: [...schedulesOf({ pipeline, at, command, dataFolder: core.folder })] };
}
