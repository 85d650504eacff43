/** The shape of what the database gives back, checked, and put into the words of the model. */
import { z } from 'zod';
import {
  destinationSchema,
  displayName,
  errorInfoSchema,
  type JobSummary,
  jobStateSchema,
  objectStateSchema,
  pipelineSchema,
  type Receipt,
} from '../../shared/model.ts';
import type { JobStart, JournalFile } from './history-model.ts';

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
    rows: count,
    files: count,
  })
  .transform(
    ({ job_id, started_at, ended_at, ...job }): JobSummary => ({
      jobId: job_id,
      pipeline: job.pipeline,
      state: job.state,
      startedAt: started_at,
      endedAt: ended_at,
      rows: job.rows,
      files: job.files,
    }),
  );

export const resumeRow = z.object({ resumed_at: z.string() }).transform((row) => row.resumed_at);

export const jobRow = z.object({
  definition: json(pipelineSchema),
  destination: json(destinationSchema),
  database: z.string(),
  version: z.string(),
  started_at: z.string(),
  snapshot_at: z.string().nullable(),
  error: json(errorInfoSchema).nullable(),
});

export const objectRow = z.object({
  ordinal: count,
  schema: z.string().nullable(),
  name: z.string(),
  path: z.string(),
  state: objectStateSchema,
  rows: count,
  query: z.string().nullable(),
  warnings: json(z.array(z.string())).nullable(),
  error: json(errorInfoSchema).nullable(),
});

export const fileRow = z
  .object({
    ordinal: count,
    seq: count,
    key: z.string(),
    state: z.enum(['intended', 'uploading', 'uploaded', 'committing', 'committed', 'removed']),
    upload_id: z.string().nullable(),
    rows: count.nullable(),
    bytes: count.nullable(),
    checksum: z.string().nullable(),
  })
  .transform(({ upload_id, ...file }): JournalFile => ({ ...file, uploadId: upload_id }));

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
    objects: objects.map(({ schema, name, path }) => ({ object: { schema, name }, path })),
  };
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
    rows: object.rows,
    files: listed.map(({ key, rows, bytes, checksum }) => ({
      key,
      rows: rows ?? 0,
      bytes: bytes ?? 0,
      checksum: checksum ?? '',
    })),
    ...(object.warnings === null ? {} : { warnings: object.warnings }),
    ...(object.error === null ? {} : { error: object.error }),
    path: object.path,
    query: object.query,
  };
}

export interface ReceiptParts {
  readonly summary: JobSummary;
  readonly job: JobRow;
  readonly resumedAt: readonly string[];
  readonly objects: readonly ObjectRow[];
  readonly files: readonly JournalFile[];
}

export function toReceipt({ summary, job, resumedAt, objects, files }: ReceiptParts): Receipt {
  const byObject = Map.groupBy(files, ({ ordinal }) => ordinal);
  return {
    ...summary,
    version: job.version,
    definition: job.definition,
    database: job.database,
    bucket: job.destination.bucket,
    timeZone: job.definition.timeZone,
    snapshotAt: job.snapshot_at,
    resumedAt: [...resumedAt],
    ...(job.error === null ? {} : { error: job.error }),
    objects: objects.map((object) =>
      toReceiptObject(object, byObject.get(object.ordinal) ?? [], summary.state === 'interrupted'),
    ),
  };
}
