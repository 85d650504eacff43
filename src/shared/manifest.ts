/**
 * The manifest of a job: one JSON file, written last of all, that names every file the job added. Who waits for it
 * never reads half a job.
 *
 *   <path prefix>/_sluice/date=<date>/job_id=<job id>/manifest.json
 *
 * It lies outside of every object's directory (which has at least one `_` between its parts and so is never named
 * `_sluice`), and by the custom of Hive, Spark and Athena a name that begins with `_` is no data, for those who
 * read the whole path prefix.
 */
import { z } from 'zod';
import { wallClock } from './clock.ts';
import { maxKeyBytes, normalisePathPrefix } from './directory-path.ts';
import { SluiceError } from './errors.ts';
import { utf8Length } from './key-characters.ts';
import { instantSchema, jobIdSchema, type Receipt } from './model.ts';
import { parsePartitionKey, renderPartitionKey } from './partition-key.ts';

const ending = parsePartitionKey('${DATE}/${JOB_ID}');

/**
 * @param job its start, as in its directory paths
 * @throws SluiceError PATH_TOO_LONG, PATH_INVALID (path prefix), INPUT_INVALID (time zone, job id)
 */
export function manifestKey(
  pathPrefix: string,
  job: { readonly at: Date; readonly jobId: string; readonly timeZone: string },
): string {
  const prefix = normalisePathPrefix(pathPrefix);
  const rendered = renderPartitionKey(ending, wallClock(job.at, job.timeZone), job.jobId);
  const key = `${prefix === '' ? '' : `${prefix}/`}_sluice/${rendered}/manifest.json`;
  const keyBytes = utf8Length(key);
  if (keyBytes <= maxKeyBytes) return key;
  throw new SluiceError(
    'PATH_TOO_LONG',
    `The key of the manifest is ${keyBytes} bytes long, and S3 allows ${maxKeyBytes}`,
    { fix: 'Shorten the path prefix, or do without a manifest.', details: { keyBytes, limit: maxKeyBytes } },
  );
}

const count = z.number().int().nonnegative();

/** What is in it. A later format gets another number. */
export const manifestDocumentSchema = z.object({
  sluiceManifest: z.literal(1),
  jobId: jobIdSchema,
  pipeline: z.string(),
  /** With failures, the objects that are `completed` are whole, and the others have no files. */
  state: z.enum(['completed', 'completed_with_failures']),
  startedAt: instantSchema,
  snapshotAt: instantSchema.nullable(),
  timeZone: z.string(),
  version: z.string(),
  sourceVersion: z.string().nullable(),
  database: z.string(),
  bucket: z.string(),
  objects: z.array(
    z.object({
      object: z.string(),
      state: z.string(),
      path: z.string(),
      rows: count,
      contentHash: z.string().optional(),
      files: z.array(
        z.object({ key: z.string(), rows: count, bytes: count, csvBytes: count, checksum: z.string() }),
      ),
    }),
  ),
});
export type ManifestDocument = z.infer<typeof manifestDocumentSchema>;

/** Taken from the receipt of a job that is about to end in that state; queries and errors stay at home. */
export const manifestOf = (receipt: Receipt, state: ManifestDocument['state']): ManifestDocument => ({
  sluiceManifest: 1,
  jobId: receipt.jobId,
  pipeline: receipt.pipeline,
  state,
  startedAt: receipt.startedAt,
  snapshotAt: receipt.snapshotAt,
  timeZone: receipt.timeZone,
  version: receipt.version,
  sourceVersion: receipt.sourceVersion,
  database: receipt.database,
  bucket: receipt.bucket,
  objects: receipt.objects.map(({ object, state: reached, path, rows, contentHash, files }) => ({
    ...{ object, state: reached, path, rows },
    ...(contentHash === undefined ? {} : { contentHash }),
    files: files.map(({ key, rows, bytes, csvBytes = 0, checksum }) => ({
      ...{ key, rows, bytes, csvBytes, checksum },
    })),
  })),
});
