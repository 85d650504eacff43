/** Files as a source: what a new one is, and what its files look like. */
import { isAbsolute, normalize } from 'node:path';
import type { Inputs } from '../../shared/contract.ts';
import { SluiceError } from '../../shared/errors.ts';
import type { FilePreview, Source } from '../../shared/model.ts';
import { openFiles } from '../sources/index.ts';
import type { CoreContext } from './context.ts';
import { find } from './names.ts';

type FilesSource = Extract<Source, { kind: 'files' }>;
type FilesLocation = Extract<Inputs['sources']['save']['location'], { kind: 'files' }>;

/**
 * Without a name of the user's own, `database` is '' until the folder has been looked at.
 * @throws SluiceError INPUT_INVALID
 */
export function filesOf({ path, database, options }: FilesLocation): Omit<FilesSource, 'name'> {
  if (!isAbsolute(path)) throw new SluiceError('INPUT_INVALID', `The path ${path} is not absolute`);
  return { kind: 'files', path: normalize(path), database: database ?? '', options: options ?? {} };
}

/**
 * How files would be read, with their first rows.
 * @throws SluiceError NOT_FOUND; INPUT_INVALID where the source has no files; of the family `source`
 */
export async function previewFiles(
  core: CoreContext,
  input: Inputs['sources']['previewFiles'],
  signal: AbortSignal,
): Promise<readonly FilePreview[]> {
  const source =
    'location' in input ? filesOf(input.location) : find(core.settings.read().sources, input.name, 'source');
  if (source.kind !== 'files') {
    throw new SluiceError('INPUT_INVALID', 'Only a source of files has a preview', {
      fix: 'List what the source holds instead: sluice source objects.',
    });
  }
  await using files = await openFiles({ path: source.path, options: source.options, signal });
  return await files.preview(signal);
}
