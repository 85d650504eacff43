/** Removes what an interrupted job left in the bucket, by its journal. */
import { displayName } from '../../shared/model.ts';
import { fileMetadata, type Left, withdraw } from '../load/commit.ts';
import type { JobStart, JournalFile } from '../stores/history.ts';
import type { CoreContext } from './context.ts';
import { openDestination } from './destinations.ts';

/** An upload that may not be removed, and of which object it is. */
export interface LeftUpload {
  readonly object: string;
  /** In words, with its key. */
  readonly what: string;
}

/**
 * Takes back every file of the objects that were not completed: their uploads, and those of their files that
 * were or may be visible. Completed objects are not touched.
 * @returns the uploads that the policy does not let us remove
 * @throws SluiceError when the bucket cannot be reached or a visible file cannot be deleted; calling it again
 *   goes on where it stopped
 */
export async function cleanUp(core: CoreContext, start: JobStart): Promise<LeftUpload[]> {
  const { jobId } = start;
  const completed = new Set(
    core.history
      .receipt(jobId)
      ?.objects.flatMap(({ state }, ordinal) => (state === 'completed' ? [ordinal] : [])),
  );
  const left: LeftUpload[] = [];
  using bucket = await openDestination(core, start.destination);
  for (const file of core.history.files(jobId)) {
    if (completed.has(file.ordinal) || file.state === 'removed') continue;
    const remains = await withdraw(bucket, {
      key: file.key,
      metadata: fileMetadata(jobId, file.ordinal, file.seq),
      uploadId: file.uploadId ?? undefined,
      strays: file.state === 'uploading' && file.uploadId === null,
      visible: visibilityOf(file),
    });
    const obstacle = remains.find(({ kind, reason }) => kind === 'file' || reason.code !== 'ACCESS_DENIED');
    if (obstacle !== undefined) throw obstacle.reason;
    core.history.setFile(jobId, file.ordinal, file.seq, { state: 'removed' });
    left.push(...remains.map(({ what }: Left) => ({ object: labelOf(start, file), what })));
  }
  return left;
}

function visibilityOf({ state }: JournalFile): 'no' | 'maybe' | 'yes' {
  if (state === 'committed') return 'yes';
  return state === 'committing' ? 'maybe' : 'no';
}

function labelOf(start: JobStart, { ordinal }: JournalFile): string {
  const object = start.objects[ordinal]?.object;
  return object === undefined ? '' : displayName(object);
}
