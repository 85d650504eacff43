/** The shape of what the database gives back, checked, and put into the words of the model. */
import { z } from 'zod';
import {
  confirmationSchema,
  type Destination,
  destinationSchema,
  displayName,
  errorInfoSchema,
  type JobSummary,
  jobStateSchema,
  loadOptionsSchema,
  type LoadedFile,
  objectStateSchema,
  pipelineSchema,
  type Receipt,
  setAsideSchema,
} from '../../shared/model.ts';
import type { JobStart, JournalFile, JournalManifest, KnownUpload, LostUpload } from './history-model.ts';

const count = z.number().int().nonnegative();
/** A column that holds JSON text. */
const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        // The parser's message would quote the text.
        context.addIssue('not JSON');
        return z.NEVER;
      }
    })
    .pipe(schema);

export const summaryRow = z
  .object({
    job_id: z.string(),
    pipeline: z.string(),
    state: jobStateSchema,
    started_at: z.string(),
    ended_at: z.string().nullable(),
    removed_at: z.string().nullable(),
    rows: count,
    files: count,
    set_aside: count,
  })
  .transform(
    ({ job_id, started_at, ended_at, removed_at, ...job }): JobSummary => ({
      jobId: job_id,
      pipeline: job.pipeline,
      state: job.state,
      startedAt: started_at,
      endedAt: ended_at,
      rows: job.rows,
      files: job.files,
      ...(job.set_aside === 0 ? {} : { setAside: job.set_aside }),
      ...(removed_at === null ? {} : { removedAt: removed_at }),
    }),
  );

export const resumeRow = z.object({ resumed_at: z.string() }).transform((row) => row.resumed_at);

export const jobRow = z.object({
  definition: json(pipelineSchema),
  destination: json(destinationSchema),
  database: z.string(),
  version: z.string(),
  source_version: z.string().nullable(),
  forced: z.number().transform((flag) => flag === 1),
  removal_started_at: z.string().nullable(),
  started_at: z.string(),
  snapshot_at: z.string().nullable(),
  options: json(loadOptionsSchema).nullable(),
  error: json(errorInfoSchema).nullable(),
});

export const objectRow = z.object({
  ordinal: count,
  schema: z.string().nullable(),
  name: z.string(),
  path: z.string(),
  directory: z.string().nullable(),
  state: objectStateSchema,
  rows: count,
  query: z.string().nullable(),
  read_from: z.string().nullable(),
  read_to: z.string().nullable(),
  content_hash: z.string().nullable(),
  snapshot_at: z.string().nullable(),
  warnings: json(z.array(z.string())).nullable(),
  set_aside: json(setAsideSchema).nullable(),
  error: json(errorInfoSchema).nullable(),
});

export const fileRow = z
  .object({
    ordinal: count,
    seq: count,
    key: z.string(),
    state: z.enum(['intended', 'uploading', 'uploaded', 'committing', 'committed', 'removed']),
    upload_id: z.string().nullable(),
    strays: z
      .number()
      .transform((flag) => flag === 1)
      .nullable(),
    rows: count.nullable(),
    bytes: count.nullable(),
    checksum: z.string().nullable(),
    csv_bytes: count.nullable(),
    confirmed: confirmationSchema.nullable(),
    removed_at: z.string().nullable(),
    parts: json(
      z.array(z.object({ number: z.number().int().positive(), etag: z.string(), crc32: z.string() })),
    ).nullable(),
  })
  .transform(
    ({ upload_id, csv_bytes, removed_at, ...file }): JournalFile => ({
      ...file,
      uploadId: upload_id,
      csvBytes: csv_bytes,
      removedAt: removed_at,
    }),
  );

export const manifestRow = z
  .object({
    manifest_key: z.string(),
    manifest_state: z.enum(['committing', 'committed', 'removed']),
    manifest_bytes: count.nullable(),
    manifest_checksum: z.string().nullable(),
    manifest_removed_at: z.string().nullable(),
  })
  .transform(
    (row): JournalManifest => ({
      key: row.manifest_key,
      state: row.manifest_state,
      bytes: row.manifest_bytes,
      checksum: row.manifest_checksum,
      removedAt: row.manifest_removed_at,
    }),
  );

export const uploadRow = z
  .object({ job_id: z.string(), key: z.string(), upload_id: z.string() })
  .transform(({ job_id, key, upload_id }): KnownUpload => ({ jobId: job_id, key, uploadId: upload_id }));

export const lostRow = z
  .object({ job_id: z.string(), key: z.string() })
  .transform(({ job_id, key }): LostUpload => ({ jobId: job_id, key }));

export const leftRow = z
  .object({ key: z.string(), upload_id: z.string().nullable() })
  .transform(({ key, upload_id }) => ({ key, uploadId: upload_id }));

export const appendedRow = z
  .object({ job_id: z.string(), started_at: z.string() })
  .transform(({ job_id, started_at }) => ({ jobId: job_id, startedAt: started_at }));

export const largeJobRow = z.object({ bytes: count, seconds: z.number().positive() });

export const ownerRow = z.object({ job_id: z.string() }).transform(({ job_id }) => job_id);

type JobRow = z.infer<typeof jobRow>;
type ObjectRow = z.infer<typeof objectRow>;

export function toDefinition(jobId: string, job: JobRow, objects: readonly ObjectRow[]): JobStart {
  return {
    jobId,
    pipeline: job.definition,
    destination: job.destination,
    database: job.database,
    startedAt: job.started_at,
    version: job.version,
    objects: objects.map(({ schema, name, path, directory }) => ({
      object: { schema, name },
      path,
      directory,
    })),
    force: job.forced,
  };
}

const toLoadedFile = ({ key, rows, bytes, checksum, ...file }: JournalFile): LoadedFile => ({
  key,
  rows: rows ?? 0,
  bytes: bytes ?? 0,
  checksum: checksum ?? '',
  ...(file.csvBytes === null ? {} : { csvBytes: file.csvBytes }),
  ...(file.confirmed === null ? {} : { confirmed: file.confirmed }),
  ...(file.removedAt === null ? {} : { removedAt: file.removedAt }),
});

function toManifest(manifest: JournalManifest | undefined): Receipt['manifest'] {
  if (manifest?.state !== 'committed') return null;
  const { key, bytes, checksum, removedAt } = manifest;
  return {
    key,
    bytes: bytes ?? 0,
    checksum: checksum ?? '',
    ...(removedAt === null ? {} : { removedAt }),
  };
}

function toUsedDestination({
  access,
  state: _,
  testedAt: __,
  ...settings
}: Destination): Receipt['destination'] {
  const roleArn = access.type === 'role' ? { roleArn: access.roleArn } : {};
  return { ...settings, access: access.type, ...roleArn };
}

function toReceiptObject(
  object: ObjectRow,
  files: readonly JournalFile[],
  interrupted: boolean,
): Receipt['objects'][number] {
  const listed = object.state === 'completed' ? files.filter(({ state }) => state === 'committed') : [];
  return {
    object: displayName(object),
    state: interrupted && object.state === 'running' ? 'interrupted' : object.state,
    // Of one that is being committed, the journal knows its rows before they are there.
    rows: object.state === 'completed' ? object.rows : 0,
    files: listed.map(toLoadedFile),
    ...(object.read_from === null ? {} : { readFrom: object.read_from }),
    ...(object.read_to === null ? {} : { readTo: object.read_to }),
    // One of an earlier reading, before the job was resumed, may stand beside no rows.
    ...(object.content_hash === null || object.rows === 0 ? {} : { contentHash: object.content_hash }),
    ...(object.warnings === null ? {} : { warnings: object.warnings }),
    ...(object.set_aside === null ? {} : { setAside: object.set_aside }),
    ...(object.error === null ? {} : { error: object.error }),
    path: object.path,
    query: object.query,
    snapshotAt: object.snapshot_at,
  };
}

export interface ReceiptParts {
  readonly summary: JobSummary;
  readonly job: JobRow;
  readonly resumedAt: readonly string[];
  readonly objects: readonly ObjectRow[];
  readonly files: readonly JournalFile[];
  readonly manifest: JournalManifest | undefined;
  /** Uploads whose end is not recorded. */
  readonly left: readonly z.infer<typeof leftRow>[];
}

export function toReceipt(parts: ReceiptParts): Receipt {
  const { summary, job, resumedAt, objects, files, manifest } = parts;
  const byObject = Map.groupBy(files, ({ ordinal }) => ordinal);
  // What a job that has not ended left, its resume or discard settles.
  const left = summary.state === 'running' || summary.state === 'interrupted' ? [] : parts.left;
  return {
    ...summary,
    version: job.version,
    sourceVersion: job.source_version,
    definition: job.definition,
    database: job.database,
    bucket: job.destination.bucket,
    destination: toUsedDestination(job.destination),
    ...(job.options === null ? {} : { options: job.options }),
    forced: job.forced,
    manifest: toManifest(manifest),
    ...(job.removal_started_at === null ? {} : { removalStartedAt: job.removal_started_at }),
    timeZone: job.definition.timeZone,
    snapshotAt: job.snapshot_at,
    resumedAt: [...resumedAt],
    ...(job.error === null ? {} : { error: job.error }),
    ...(left.length === 0 ? {} : { leftUploads: [...left] }),
    objects: objects.map((object) =>
      toReceiptObject(object, byObject.get(object.ordinal) ?? [], summary.state === 'interrupted'),
    ),
  };
}
