/** Reads the files of a job back and compares them with its receipt. */
import { SluiceError } from '../../shared/errors.ts';
import type { LoadedFile, Receipt, Verification, VerifyEvent } from '../../shared/model.ts';
import type { Bucket } from '../access/bucket.ts';
import { verifyBytes, verifyFile } from '../load/verify.ts';
import type { CoreContext } from './context.ts';
import { openDestination } from './destinations.ts';
import { defined, shown } from './job-look-ups.ts';
import { inParallel, withProgress } from './progress-stream.ts';

/** Files that are read back at the same time. */
const atOnce = 3;

/**
 * Checks every file that the receipt names and nobody removed by `jobs remove-data`, and the manifest.
 * @throws SluiceError NOT_FOUND, INPUT_INVALID (all of it was removed), CANCELLED, and where S3 does not let us
 *   look, which says nothing about the files: see {@link verifyFile}
 */
export function verifyJob(
  core: CoreContext,
  jobId: string,
  signal: AbortSignal,
): AsyncGenerator<VerifyEvent> {
  const receipt = shown(core, jobId);
  const start = defined(core, jobId);
  if (receipt.removedAt !== undefined) {
    throw new SluiceError('INPUT_INVALID', `What this job added was removed again at ${receipt.removedAt}`, {
      fix: 'There is nothing left to check.',
      details: { jobId },
    });
  }
  return withProgress<VerifyEvent>(signal, async (report, stop) => {
    using bucket = await openDestination(core, start.destination);
    return { event: 'end', verification: await verify(bucket, receipt, report, stop) };
  });
}

async function verify(
  bucket: Bucket,
  receipt: Receipt,
  report: (progress: VerifyEvent) => void,
  signal: AbortSignal,
): Promise<Verification> {
  const checks = checksOf(receipt);
  const bytes = checks.reduce((sum, check) => sum + check.bytes, 0);
  let done = 0;
  let bytesRead = 0;
  const tell = (): void => report({ event: 'progress', done, files: checks.length, bytesRead, bytes });
  tell();
  // A file that cannot be looked at ends the others, too: they would only be read for nothing.
  const stop = new AbortController();
  const any = AbortSignal.any([signal, stop.signal]);
  const files = await inParallel(checks, atOnce, async (check) => {
    const onBytes = (count: number): void => {
      bytesRead += count;
      tell();
    };
    try {
      const checked = await check.run(bucket, { signal: any, onBytes });
      done += 1;
      tell();
      return checked;
    } catch (error) {
      stop.abort();
      throw error;
    }
  });
  const passed = files.every(({ verdict }) => verdict === 'passed');
  return { jobId: receipt.jobId, result: passed ? 'passed' : 'failed', files };
}

interface FileCheck {
  readonly bytes: number;
  readonly run: (
    bucket: Bucket,
    watch: Parameters<typeof verifyFile>[2],
  ) => Promise<Verification['files'][number]>;
}

function checksOf({ objects, manifest }: Receipt): FileCheck[] {
  const there = (file: { readonly removedAt?: string | undefined }): boolean => file.removedAt === undefined;
  const data = objects
    .flatMap(({ files }) => files.filter(there))
    .map(
      (file: LoadedFile): FileCheck => ({
        bytes: file.bytes,
        run: (bucket, watch) => verifyFile(bucket, file, watch),
      }),
    );
  if (manifest === null || !there(manifest)) return data;
  return [...data, { bytes: manifest.bytes, run: (bucket, watch) => verifyBytes(bucket, manifest, watch) }];
}
