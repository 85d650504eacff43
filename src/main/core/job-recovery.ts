/** Removes what an interrupted job left in the bucket, by its journal. */
import { withdraw } from '../load/commit.ts';
import type { JobStart } from '../stores/history.ts';
import type { CoreContext } from './context.ts';
import { openDestination } from './destinations.ts';

/**
 * Takes back every file of the objects that were not completed: their uploads, and those of their files that
 * were or may be visible. Completed objects are not touched.
 * @returns the uploads that could not be removed, in words
 * @throws SluiceError when the bucket cannot be reached or a visible file cannot be deleted
 */
export async function cleanUp(core: CoreContext, start: JobStart): Promise<string[]> {
  const { jobId } = start;
  const completed = new Set(
    core.history
      .receipt(jobId)
      ?.objects.flatMap(({ state }, ordinal) => (state === 'completed' ? [ordinal] : [])),
  );
  const left: string[] = [];
  using bucket = await openDestination(core, start.destination);
  for (const file of core.history.files(jobId)) {
    if (completed.has(file.ordinal) || file.state === 'removed') continue;
    const upload = await withdraw(bucket, {
      key: file.key,
      uploadId: file.uploadId ?? undefined,
      maybeVisible: file.state === 'committing' || file.state === 'committed',
    });
    if (upload !== undefined) left.push(`upload ${upload.uploadId} of ${upload.key}`);
    core.history.setFile(jobId, file.ordinal, file.seq, { state: 'removed' });
  }
  return left;
}
