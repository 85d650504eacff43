/**
 * The documents that scripts rely on, written down by hand so that a change of the model cannot change them
 * silently. Nothing is let through that is not named here.
 */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const key = z
  .string()
  .min(1)
  .regex(/^[^/].*[^/]$/s);
const instant = z.iso.datetime();
const sanitised = z.array(z.strictObject({ part: z.string(), from: z.string(), to: z.string() }));

export const pathDocument = z.strictObject({ path: z.string().endsWith('/'), keyBytes: count, sanitised });

export const externalIdDocument = z.strictObject({ externalId: z.uuid() });

export const policyDocument = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Sid: z.string().optional(),
      Effect: z.literal('Allow'),
      Principal: z.strictObject({ AWS: z.string() }).optional(),
      Action: z.union([z.string(), z.array(z.string())]),
      Resource: z.string().optional(),
      Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
    }),
  ),
});

export const whoamiDocument = z.strictObject({
  accountId: z.string().regex(/^\d{12}$/),
  arn: z.string().startsWith('arn:'),
  userId: z.string().min(1),
  partition: z.string(),
  kind: z.enum(['user', 'role', 'sso', 'root', 'federated']),
  name: z.string().min(1),
  foundBy: z.strictObject({
    way: z.string().min(1),
    profile: z.string().optional(),
    words: z.string().min(1),
    expiresAt: instant.optional(),
  }),
  principal: z.strictObject({ aws: z.string(), arnLike: z.array(z.string()).optional() }).nullable(),
  problem: z.string().optional(),
});

export const checkLine = z.strictObject({
  check: z.string().min(1),
  verdict: z.enum(['passed', 'failed', 'warning', 'skipped']),
  cause: z.string().optional(),
  fix: z.string().optional(),
  statement: z.string().optional(),
  remedies: z
    .array(
      z.strictObject({
        kind: z.enum(['command', 'statement', 'request']),
        label: z.string().min(1),
        text: z.string().min(1),
      }),
    )
    .optional(),
  field: z.string().optional(),
  region: z.string().optional(),
});
export const resultLine = z.strictObject({ result: z.enum(['passed', 'failed']) });
export const savedLine = z.strictObject({ saved: z.boolean() });

export const destinationsDocument = z.strictObject({
  destinations: z.array(
    z.strictObject({
      name: z.string(),
      access: z.enum(['role', 'keys']),
      bucket: z.string(),
      pathPrefix: z.string(),
      region: z.string(),
      state: z.enum(['tested', 'draft']),
      testedAt: instant.nullable(),
    }),
  ),
});

const source = z.strictObject({ name: z.string(), kind: z.string(), database: z.string() });
export const sourcesDocument = z.strictObject({ sources: z.array(source) });
const csvFacts = z.strictObject({
  ...{ delimiter: z.string(), quote: z.string(), escape: z.string(), header: z.boolean() },
  ...{ encoding: z.string(), nullText: z.string() },
});
const filePreview = z.strictObject({
  ...{ object: z.string(), files: z.array(z.string()), format: z.enum(['csv', 'json', 'parquet']) },
  compression: z.enum(['none', 'gzip', 'zstd']),
  csv: csvFacts.optional(),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.string().nullable())),
  notes: z.array(z.string()),
});
export const filesDocument = z.strictObject({ files: z.array(filePreview) });
export const savedFilesDocument = filesDocument.extend({ saved: z.literal(true), source });
export const savedSourceDocument = z.strictObject({ saved: z.literal(true), source });
export const objectsDocument = z.strictObject({
  objects: z.array(
    z.strictObject({
      schema: z.string().nullable(),
      name: z.string(),
      kind: z.string(),
      estimatedRows: count.nullable(),
      columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
    }),
  ),
});

const pipeline = z.strictObject({
  name: z.string(),
  source: z.string(),
  destination: z.string(),
  destinationPrefix: z.string(),
  partitionKey: z.string(),
  timeZone: z.string(),
  objects: z.array(z.string()),
  manifest: z.boolean().optional(),
});
export const pipelinesDocument = z.strictObject({ pipelines: z.array(pipeline) });
export const savedPipelineDocument = z.strictObject({ saved: z.literal(true), pipeline });
export const removedDocument = z.strictObject({ removed: z.string() });

export const previewDocument = z.strictObject({
  objects: z.array(
    z.strictObject({
      object: z.string(),
      path: z.string().endsWith('/'),
      firstKey: key,
      keyBytes: count.max(1024),
      sanitised,
      pathUtc: z.string().optional(),
    }),
  ),
  collisions: z.array(z.strictObject({ path: z.string(), objects: z.array(z.string()) })),
  manifestKey: key.optional(),
});

const error = z.strictObject({
  code: z.string(),
  message: z.string(),
  fix: z.string(),
  details: z.record(z.string(), z.unknown()),
});
const loadedObject = z.strictObject({
  object: z.string(),
  state: z.enum(['pending', 'running', 'completed', 'failed', 'cancelled', 'interrupted']),
  rows: count,
  files: z.array(
    z.strictObject({
      ...{ key, rows: count, bytes: count, checksum: z.string().regex(/^crc32:.{8}$/) },
      csvBytes: count.optional(),
      confirmed: z.enum(['checksum', 'size', 'nothing']).optional(),
      removedAt: instant.optional(),
    }),
  ),
  readFrom: instant.optional(),
  readTo: instant.optional(),
  contentHash: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional(),
  warnings: z.array(z.string()).optional(),
  setAside: z.strictObject({ rows: count.positive(), report: z.string() }).optional(),
  error: error.optional(),
});
const endState = z.enum(['completed', 'completed_with_failures', 'failed', 'cancelled', 'interrupted']);

const phases = [
  ...(['waiting', 'reading', 'uploading', 'committing'] as const),
  ...(['completed', 'failed', 'cancelled', 'interrupted'] as const),
] as const;

export const progressLine = z.strictObject({
  event: z.literal('progress'),
  object: z.string(),
  phase: z.enum(phases),
  rows: count,
  bytesRead: count,
  bytesSent: count,
  estimatedRows: count.nullable(),
});
export const endLine = z.strictObject({
  event: z.literal('end'),
  jobId: z.uuid(),
  state: endState,
  objects: z.array(loadedObject),
  error: error.optional(),
});

export const estimateDocument = z.strictObject({
  objects: z.array(
    z.strictObject({
      object: z.string(),
      path: z.string(),
      exact: z.boolean(),
      rows: count.nullable(),
      files: count.nullable(),
      bytes: count.nullable(),
      csvBytes: count.nullable(),
      requests: count.nullable(),
      seconds: z.number().nonnegative().nullable(),
    }),
  ),
  seconds: z.number().nonnegative().nullable(),
  sentPerSecond: z.number().positive().nullable(),
});
export const discardedDocument = z.strictObject({ discarded: z.uuid() });

const summary = {
  jobId: z.uuid(),
  pipeline: z.string(),
  state: z.enum(['running', ...endState.options]),
  startedAt: instant,
  endedAt: instant.nullable(),
  rows: count,
  files: count,
  setAside: count.positive().optional(),
  removedAt: instant.optional(),
};
export const jobsDocument = z.strictObject({ jobs: z.array(z.strictObject(summary)) });
export const receiptDocument = z.strictObject({
  ...summary,
  version: z.string(),
  sourceVersion: z.string().nullable(),
  destination: z.strictObject({
    ...{ name: z.string(), bucket: z.string(), region: z.string(), pathPrefix: z.string() },
    ...{ endpoint: z.url().optional(), stsEndpoint: z.url().optional(), pathStyle: z.boolean() },
    access: z.enum(['role', 'keys']),
    gzipLevel: z.number().optional(),
    roleArn: z.string().optional(),
  }),
  options: z.strictObject({
    ...{ gzipLevel: count, fileBytes: count, partBytes: count, compressing: count },
    ...{ readers: count, objectsInFlight: count, networkTimeout: count },
  }),
  forced: z.boolean(),
  manifest: z
    .strictObject({ key, bytes: count, checksum: z.string(), removedAt: instant.optional() })
    .nullable(),
  removalStartedAt: instant.optional(),
  definition: pipeline.extend({
    objects: z.array(z.strictObject({ schema: z.string().nullable(), name: z.string() })),
  }),
  database: z.string(),
  bucket: z.string(),
  timeZone: z.string(),
  snapshotAt: instant.nullable(),
  resumedAt: z.array(instant),
  error: error.optional(),
  leftUploads: z.array(z.strictObject({ key, uploadId: z.string().nullable() })).optional(),
  objects: z.array(
    loadedObject.extend({ path: z.string(), query: z.string().nullable(), snapshotAt: instant.nullable() }),
  ),
});
export const verificationDocument = z.strictObject({
  jobId: z.uuid(),
  result: z.enum(['passed', 'failed']),
  files: z.array(
    z.strictObject({
      key,
      verdict: z.enum(['passed', 'failed']),
      rows: count.nullable(),
      bytes: count.nullable(),
      cause: z.string().optional(),
    }),
  ),
});

export const jobFilesDocument = z.strictObject({
  jobId: z.uuid(),
  bucket: z.string(),
  removedAt: instant.optional(),
  files: z.array(
    z.strictObject({
      ...{ key, rows: count.nullable(), bytes: count, checksum: z.string(), removedAt: instant.optional() },
      csvBytes: count.optional(),
      confirmed: z.string().optional(),
    }),
  ),
});
export const removalDocument = z.strictObject({
  jobId: z.uuid(),
  removed: z.array(key),
  left: z.array(z.strictObject({ key, reason: z.string(), code: z.string() })),
  versionsKept: z.boolean(),
});
const upload = z.strictObject({ key, uploadId: z.string().min(1) });
export const uploadsDocument = z.strictObject({
  uploads: z.array(
    upload.extend({
      owner: z.enum(['abandoned', 'running', 'interrupted', 'foreign']),
      jobId: z.uuid().nullable(),
      startedAt: instant.nullable(),
    }),
  ),
  lost: z.array(z.strictObject({ key, jobId: z.uuid(), owner: z.enum(['abandoned', 'interrupted']) })),
  limitation: z.string().nullable(),
  lifecycleRule: z.string(),
});
export const sweepDocument = z.strictObject({
  aborted: z.array(upload),
  left: z.array(upload.extend({ reason: z.string() })),
  limitation: z.string().nullable(),
  lifecycleRule: z.string(),
});

export const demoDocument = z.strictObject({
  jobId: z.uuid(),
  state: z.literal('completed'),
  result: z.literal('passed'),
  externalId: z.uuid(),
  endpoint: z.url(),
  files: z.array(verificationDocument.shape.files.element.extend({ file: z.string().startsWith('/') })),
});

const exactName = z.strictObject({ schema: z.string().nullable(), name: z.string() });

export const columnsDocument = z.strictObject({
  object: exactName,
  columns: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      nullable: z.boolean(),
      key: z.enum(['primary', 'unique']).nullable(),
      csv: z.string(),
    }),
  ),
});

export const rowsDocument = z.strictObject({
  object: exactName,
  columns: z.array(z.string()),
  rows: z.array(
    z.array(z.union([z.null(), z.string(), z.strictObject({ start: z.string(), bytes: count })])),
  ),
  more: z.boolean(),
});
