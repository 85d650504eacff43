/** The words of Sluice as data: what settings hold, what crosses a host, what a script reads. */
import { z } from 'zod';
import { errorCodes } from './errors.ts';
import { updateSettingsSchema } from './updates.ts';

/** A name that the user gave: unique among its kind, 1 to 255 characters, no control characters. */
export const nameSchema = z
  .string()
  .trim()
  .min(1, 'a name is needed')
  .max(255, 'a name has at most 255 characters')
  .regex(/^\P{Cc}*$/u, 'a name has no control characters');

export const jobIdSchema = z.uuid();

/** ISO 8601 with a zone, e.g. 2024-11-27T09:15:00.000Z. */
export const instantSchema = z.iso.datetime({ offset: true });

/** An object of a source. `schema` is null where the engine has none (SQLite, MySQL, files). */
export const objectNameSchema = z.object({
  schema: z.string().nullable(),
  name: z.string().min(1),
});
export type ObjectName = z.infer<typeof objectNameSchema>;

/** `schema.name`, or the bare name: how an object is shown and how scripts know it. */
export const displayName = (object: ObjectName): string =>
  object.schema === null ? object.name : `${object.schema}.${object.name}`;

// ---------------------------------------------------------------- destinations

/**
 * Whose credentials sign the first request: the SDK's default chain, a named AWS profile, or the embedded
 * sandbox, whose credentials live in memory only and are named by reference.
 */
export const signerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('default') }),
  z.object({ kind: z.literal('profile'), profile: z.string().min(1) }),
  z.object({ kind: z.literal('sandbox') }),
]);
export type Signer = z.infer<typeof signerSchema>;

export const accessSchema = z.discriminatedUnion('type', [
  /** AssumeRole with the installation's external ID. */
  z.object({ type: z.literal('role'), roleArn: z.string().min(20).max(2048), signer: signerSchema }),
  /** Access keys; the secret access key is in the OS keychain. */
  z.object({
    type: z.literal('keys'),
    accessKeyId: z.string().regex(/^\w{16,128}$/, 'not an access key ID'),
  }),
]);
export type Access = z.infer<typeof accessSchema>;

export const destinationSettingsSchema = z.object({
  name: nameSchema,
  access: accessSchema,
  bucket: z.string().min(3).max(63),
  region: z.string().regex(/^[a-z0-9-]+$/, 'a region is written like ap-southeast-1'),
  /** Without slashes at its ends; '' for none. */
  pathPrefix: z.string(),
  /** For S3-compatible services; absent means AWS. */
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  stsEndpoint: z.url({ protocol: /^https?$/ }).optional(),
  pathStyle: z.boolean(),
  /**
   * `when-required`: no checksums beside the ones that S3 demands. Set by the connection test after the service has
   * refused them once; absent means a checksum with every request.
   */
  checksums: z.literal('when-required').optional(),
  /** How hard files are compressed: 1 is fastest, 6 smallest; absent means 3, between them. */
  gzipLevel: z.union([z.literal(1), z.literal(3), z.literal(6)]).optional(),
});
export type DestinationSettings = z.infer<typeof destinationSettingsSchema>;

export const destinationSchema = destinationSettingsSchema.extend({
  state: z.enum(['tested', 'draft']),
  testedAt: instantSchema.nullable(),
});
export type Destination = z.infer<typeof destinationSchema>;

/** Where a bucket is, as far as S3 tells; `found` is false when there is none in this partition. */
export const bucketRegionSchema = z.object({
  found: z.boolean(),
  /** Null where the service names none. */
  region: z.string().nullable(),
});
export type BucketRegion = z.infer<typeof bucketRegionSchema>;

const typedSchema = z.string().max(4096);

/** The setup of a destination as far as it is filled in: text as typed, right or wrong, and never a secret. */
export const setupSchema = z.strictObject({
  /** The step that is open; counted from 0. */
  step: z.number().int().min(0).max(20),
  name: typedSchema,
  accessType: z.enum(['role', 'keys']),
  signer: z.enum(['default', 'profile']),
  profile: typedSchema,
  roleArn: typedSchema,
  accessKeyId: typedSchema,
  bucket: typedSchema,
  region: typedSchema,
  pathPrefix: typedSchema,
  endpoint: typedSchema,
  stsEndpoint: typedSchema,
  pathStyle: z.boolean(),
  /** What the permissions policy covers. */
  scope: z.enum(['bucket', 'prefix']),
  withAbort: z.boolean(),
  /** The KMS key that encrypts the bucket, '' for none; older setups do not have it. */
  kmsKey: typedSchema.default(''),
  /** How hard files are compressed; older setups do not have it. */
  gzipLevel: z.enum(['1', '3', '6']).default('3'),
});
export type Setup = z.infer<typeof setupSchema>;

/** Something to copy that mends a failed check, beside its statement. */
export const remedySchema = z.object({
  /**
   * `command`: for a shell. `statement`: JSON to paste elsewhere than the check's own statement, e.g. into a key policy.
   * `request`: a text for the administrator whose policy denies it.
   */
  kind: z.enum(['command', 'statement', 'request']),
  /** What it is and where it goes, in plain words. */
  label: z.string(),
  text: z.string(),
});
export type Remedy = z.infer<typeof remedySchema>;

/** One step of a connection test. */
export const checkSchema = z.object({
  check: z.string(),
  verdict: z.enum(['passed', 'failed', 'warning', 'skipped']),
  /** Plain words: what is wrong, or why it was skipped. */
  cause: z.string().optional(),
  /** What to do about it. */
  fix: z.string().optional(),
  /** The exact policy statement to paste, as JSON text. */
  statement: z.string().optional(),
  /** What else there is to copy. */
  remedies: z.array(remedySchema).optional(),
  /** The setting that is wrong, where one is. */
  field: z
    .enum([
      'roleArn',
      'profile',
      'accessKeyId',
      'secretAccessKey',
      'bucket',
      'region',
      'pathPrefix',
      'endpoint',
    ])
    .optional(),
  /** The region that the bucket is in, where the settings name another one. */
  region: z.string().optional(),
  /** Why it failed; decides the exit code. */
  code: z.enum(errorCodes).optional(),
});
export type Check = z.infer<typeof checkSchema>;

/**
 * A connection test waits, since what was changed at AWS takes up to a minute to work everywhere. The same check
 * follows later with its verdict; until then one of these comes before every further try.
 */
export const waitingSchema = z.object({
  /** The check that is tried again, e.g. `assume-role`. */
  waiting: z.string(),
  /** What for, in plain words. */
  cause: z.string(),
  /** When the waiting ends at the latest. */
  until: instantSchema,
  secondsLeft: z.number().int().nonnegative(),
  /** Names this waiting to `destinations.stopWaiting`. */
  wait: z.uuid(),
});
export type Waiting = z.infer<typeof waitingSchema>;

// ---------------------------------------------------------------- sources

/**
 * The SSH server through which a database is reached, and how to log in there. Its secret, the passphrase of the key
 * file or the password, is in the keychain.
 */
export const tunnelSchema = z.object({
  /** A host name or an address. */
  host: z
    .string()
    .trim()
    .min(1, 'the SSH server needs a host')
    .max(255)
    .regex(/^[^\s@/[\]\p{Cc}]+$/u, 'the host of the SSH server is not readable'),
  port: z.number().int().min(1).max(65_535),
  user: z
    .string()
    .min(1, 'the SSH server needs a user')
    .max(255)
    .regex(/^\P{Cc}*$/u),
  auth: z.discriminatedUnion('type', [
    /** The keys that the agent of this session holds. */
    z.object({ type: z.literal('agent') }),
    z.object({
      type: z.literal('key'),
      /** Absolute, or beginning with `~/`. */
      path: z.string().min(1).max(4096),
      /** True when the keychain holds its passphrase. */
      secretInKeychain: z.boolean(),
    }),
    z.object({ type: z.literal('password'), secretInKeychain: z.boolean() }),
  ]),
});
export type Tunnel = z.infer<typeof tunnelSchema>;

const sourceBase = {
  name: nameSchema,
  /** As it stands in the directory path. */
  database: z.string().min(1),
};

const isAscii = (text: string): boolean => text.length === 1 && text > '\0' && text <= '\x7f';

/** How files are read. What is absent has its default, or is found out for each file. */
export const fileOptionsSchema = z.strictObject({
  /** By the name of the file where absent. */
  format: z.enum(['csv', 'json', 'parquet']).optional(),
  /** One character; found out where absent. */
  delimiter: z
    .string()
    .refine((text) => [...text].length === 1 && !'\r\n"'.includes(text), 'a delimiter is one character')
    .optional(),
  /** One ASCII character, or '' where nothing is quoted; `"` where absent. */
  quote: z
    .string()
    .refine((text) => text === '' || isAscii(text), 'a quote is one ASCII character, or none')
    .optional(),
  /** One ASCII character; the quote itself where absent. */
  escape: z.string().refine(isAscii, 'an escape is one ASCII character').optional(),
  /** The first row holds the names of the columns; true where absent. */
  header: z.boolean().optional(),
  /** A name of the WHATWG list, `utf-16` or `latin-1`; by the byte order mark, or UTF-8, where absent. */
  encoding: z.string().min(1).max(40).optional(),
  /** A field that is this, without quotes, is NULL; the empty field where absent. */
  nullText: z.string().max(100).optional(),
  /** What happens to rows that do not fit: the object fails, which is the default, or they go into a report. */
  badRows: z.enum(['stop', 'set-aside']).optional(),
});
export type FileOptions = z.infer<typeof fileOptionsSchema>;

export const sourceSchema = z.discriminatedUnion('kind', [
  z.object({
    ...sourceBase,
    kind: z.literal('postgres'),
    /** postgres://user@host:port/db?sslmode=…, never with a password. */
    url: z.string(),
    /** True when the keychain holds the password; otherwise .pgpass, a service file or trust are used. */
    passwordInKeychain: z.boolean(),
    /** Absent: the server is reached directly. */
    tunnel: tunnelSchema.optional(),
  }),
  z.object({
    ...sourceBase,
    kind: z.literal('mysql'),
    /** mysql://user@host:port/db?ssl-mode=…, never with a password. */
    url: z.string(),
    /** True when the keychain holds the password; otherwise an option file or none is used. */
    passwordInKeychain: z.boolean(),
    /** Absent: the server is reached directly. */
    tunnel: tunnelSchema.optional(),
  }),
  z.object({ ...sourceBase, kind: z.literal('sqlite'), path: z.string().min(1) }),
  z.object({
    ...sourceBase,
    kind: z.literal('files'),
    /** Of a file, of a folder, or a pattern with `*`, `?`, `[…]`, `{…}` or `**`; absolute. */
    path: z.string().min(1),
    options: fileOptionsSchema,
  }),
]);
export type Source = z.infer<typeof sourceSchema>;

/** How one object of a files source is read, and what its beginning looks like. */
export const filePreviewSchema = z.object({
  object: z.string(),
  files: z.array(z.string()),
  format: z.enum(['csv', 'json', 'parquet']),
  compression: z.enum(['none', 'gzip', 'zstd']),
  /** Of CSV: as they are used, whether they were given or found out. */
  csv: z
    .object({
      delimiter: z.string(),
      quote: z.string(),
      escape: z.string(),
      header: z.boolean(),
      encoding: z.string(),
      nullText: z.string(),
    })
    .optional(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  /** The first rows in the words of the CSV dialect; null is NULL. Long values are cut. */
  rows: z.array(z.array(z.string().nullable())),
  /** What the user should look at. */
  notes: z.array(z.string()),
});
export type FilePreview = z.infer<typeof filePreviewSchema>;

/** True where the keychain holds the password of the source. */
export const passwordIsStored = (source: Source): boolean =>
  'passwordInKeychain' in source && source.passwordInKeychain;

/** The tunnel of a source; undefined where it has none. */
export const tunnelOf = (source: Source): Tunnel | undefined =>
  'tunnel' in source ? source.tunnel : undefined;

/** True where the keychain holds the secret of the tunnel of the source. */
export function tunnelSecretIsStored(source: Source): boolean {
  const auth = tunnelOf(source)?.auth;
  return auth !== undefined && auth.type !== 'agent' && auth.secretInKeychain;
}

export const columnSchema = z.object({ name: z.string(), type: z.string() });
export type Column = z.infer<typeof columnSchema>;

export const sourceObjectSchema = objectNameSchema.extend({
  kind: z.enum(['table', 'view', 'materialized view', 'foreign table', 'partitioned table', 'file', 'files']),
  /** The engine's own estimate; null where it has none. */
  estimatedRows: z.number().int().nonnegative().nullable(),
  columns: z.array(columnSchema),
});
export type SourceObject = z.infer<typeof sourceObjectSchema>;

// ---------------------------------------------------------------- pipelines

export const defaultPartitionKey = '${YEAR}/${MONTH}/${DAY}/${JOB_ID}';

export const pipelineSchema = z.object({
  name: nameSchema,
  source: nameSchema,
  destination: nameSchema,
  destinationPrefix: z.string(),
  partitionKey: z.string().min(1),
  /** IANA name; the directory path is rendered in it. */
  timeZone: z.string().min(1),
  objects: z.array(objectNameSchema).min(1, 'a pipeline needs at least one object'),
  /** Each job writes a manifest, last of all: the one sign that all its files are there. Absent: none. */
  manifest: z.boolean().optional(),
});
export type Pipeline = z.infer<typeof pipelineSchema>;

/** A part of the directory path that could not stay as it was. */
export const sanitisedSchema = z.object({ part: z.string(), from: z.string(), to: z.string() });
export type Sanitised = z.infer<typeof sanitisedSchema>;

export const previewSchema = z.object({
  objects: z.array(
    z.object({
      object: z.string(),
      path: z.string(),
      firstKey: z.string(),
      /** Bytes of UTF-8 of the whole first key; at most 1,024. */
      keyBytes: z.number().int(),
      sanitised: z.array(sanitisedSchema),
      /** The same path in UTC, where the pipeline names another time zone. */
      pathUtc: z.string().optional(),
    }),
  ),
  collisions: z.array(z.object({ path: z.string(), objects: z.array(z.string()) })),
  /** Where the pipeline's manifest would be written, where it has one. */
  manifestKey: z.string().optional(),
});
export type Preview = z.infer<typeof previewSchema>;

// ---------------------------------------------------------------- jobs

export const jobStateSchema = z.enum([
  'running',
  'completed',
  'completed_with_failures',
  'failed',
  'cancelled',
  'interrupted',
]);
export type JobState = z.infer<typeof jobStateSchema>;

export const objectStateSchema = z.enum([
  'pending',
  'running',
  'completed',
  'failed',
  'cancelled',
  'interrupted',
]);
export type ObjectState = z.infer<typeof objectStateSchema>;

/** Where an object stands while its job runs; `uploading`: all is read, and not all is with S3 yet. */
export const objectPhaseSchema = z.enum([
  'waiting',
  'reading',
  'uploading',
  'committing',
  'completed',
  'failed',
  'cancelled',
  'interrupted',
]);
export type ObjectPhase = z.infer<typeof objectPhaseSchema>;

/** An error as it may be stored and shown. */
export const errorInfoSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  fix: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type ErrorInfo = z.infer<typeof errorInfoSchema>;

/** What S3 itself said about a file when it was written; `nothing` where it may not or cannot tell. */
export const confirmationSchema = z.enum(['checksum', 'size', 'nothing']);
export type Confirmation = z.infer<typeof confirmationSchema>;

export const loadedFileSchema = z.object({
  key: z.string(),
  rows: z.number().int().nonnegative(),
  /** Size of the gzip file. */
  bytes: z.number().int().nonnegative(),
  /** `crc32:` and the base64 of the big-endian CRC-32 of the gzip file, as S3 reports it. */
  checksum: z.string(),
  /** Bytes of CSV in it, the header included. Absent in jobs of versions that did not count them. */
  csvBytes: z.number().int().nonnegative().optional(),
  confirmed: confirmationSchema.optional(),
  /** When the file was removed again by `jobs remove-data`. */
  removedAt: instantSchema.optional(),
});
export type LoadedFile = z.infer<typeof loadedFileSchema>;

export const setAsideSchema = z.object({ rows: z.number().int().positive(), report: z.string() });
export type SetAside = z.infer<typeof setAsideSchema>;

export const loadedObjectSchema = z.object({
  object: z.string(),
  state: objectStateSchema,
  rows: z.number().int().nonnegative(),
  files: z.array(loadedFileSchema),
  /** When its reading began and ended: within the job's snapshot, and again where the job was resumed. */
  readFrom: instantSchema.optional(),
  readTo: instantSchema.optional(),
  /**
   * `sha256:` and the hexadecimal digest of its CSV, one header and then all rows, whatever files it lies in.
   * Absent where it has no rows.
   */
  contentHash: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  /** Rows of a file that did not fit and are not in `rows`; the report is a file in the data folder. */
  setAside: setAsideSchema.optional(),
  error: errorInfoSchema.optional(),
});
export type LoadedObject = z.infer<typeof loadedObjectSchema>;

export const jobSummarySchema = z.object({
  jobId: jobIdSchema,
  pipeline: z.string(),
  state: jobStateSchema,
  startedAt: instantSchema,
  endedAt: instantSchema.nullable(),
  rows: z.number().int(),
  files: z.number().int(),
  /** Rows of files that did not fit and were not loaded; absent where there are none. */
  setAside: z.number().int().positive().optional(),
  /** When all that it added was removed again; absent while something of it is there. */
  removedAt: instantSchema.optional(),
});
export type JobSummary = z.infer<typeof jobSummarySchema>;

/** A destination as a job used it. Whose keys they were is nobody's business who reads a receipt. */
export const usedDestinationSchema = destinationSettingsSchema
  .omit({ access: true })
  .extend({ access: z.enum(['role', 'keys']), roleArn: z.string().optional() });

/** The sign that all files of a job are there: written last, removed first. */
export const manifestSchema = z.object({
  key: z.string(),
  bytes: z.number().int().nonnegative(),
  /** As in {@link loadedFileSchema}. */
  checksum: z.string(),
  removedAt: instantSchema.optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** What a job did, complete enough to be checked again later. */
/** How a load was carried out: what shaped its files, and how much it did at once. */
export const loadOptionsSchema = z.object({
  /** zlib's level, 0 to 9. */
  gzipLevel: z.number().int().min(0).max(9),
  /** A file ends at the first row end after this many compressed bytes. */
  fileBytes: z.number().positive(),
  /** Of an uploaded part. */
  partBytes: z.number().positive(),
  /** Blocks that are compressed at once. */
  compressing: z.number().int().positive(),
  /** Objects that are read at once, where the source can. */
  readers: z.number().int().positive(),
  /** Objects that are read or made visible at once. */
  objectsInFlight: z.number().int().positive(),
  /** Seconds that it goes on trying while S3 cannot be reached. */
  networkTimeout: z.number().nonnegative(),
});
export type UsedOptions = z.infer<typeof loadOptionsSchema>;

export const receiptSchema = jobSummarySchema.extend({
  version: z.string(),
  /** The engine that was read, e.g. "PostgreSQL 15.18"; null before it was reached. */
  sourceVersion: z.string().nullable(),
  definition: pipelineSchema,
  database: z.string(),
  bucket: z.string(),
  destination: usedDestinationSchema,
  /** Of its latest run; absent where an earlier version of Sluice ran it. */
  options: loadOptionsSchema.optional(),
  /** Loaded although the same content had been appended before, should it have been. */
  forced: z.boolean(),
  /** Null where the pipeline asks for none, and before it is there. */
  manifest: manifestSchema.nullable(),
  /** When the removal of its data was begun; it is finished once `removedAt` is there. */
  removalStartedAt: instantSchema.optional(),
  /** The clock of the directory path: when the job was first started. */
  timeZone: z.string(),
  /** When the database snapshot was taken; null before that. */
  snapshotAt: instantSchema.nullable(),
  resumedAt: z.array(instantSchema),
  error: errorInfoSchema.optional(),
  /**
   * Of a job that has ended: unfinished uploads that S3 did not let it remove. Without an id, one that may exist: the
   * answer that would have told was lost, and S3 does not list uploads for us.
   */
  leftUploads: z.array(z.object({ key: z.string(), uploadId: z.string().nullable() })).optional(),
  objects: z.array(
    loadedObjectSchema.extend({
      path: z.string(),
      query: z.string().nullable(),
      /** The moment of the snapshot that it was read from; a resumed job has more than one. */
      snapshotAt: instantSchema.nullable(),
    }),
  ),
});
export type Receipt = z.infer<typeof receiptSchema>;

export const jobEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('progress'),
    object: z.string(),
    phase: objectPhaseSchema,
    rows: z.number().int(),
    /** Uncompressed CSV bytes made from what was read. */
    bytesRead: z.number().int(),
    /** Compressed bytes that S3 has acknowledged. */
    bytesSent: z.number().int(),
    /** What the source thinks it has, never less than `rows`; the truth once all is read; null where unknown. */
    estimatedRows: z.number().int().nullable(),
  }),
  /** `object` is '' for what concerns the whole job. */
  z.object({ event: z.literal('warning'), object: z.string(), message: z.string() }),
  z.object({
    event: z.literal('end'),
    jobId: jobIdSchema,
    state: jobStateSchema.exclude(['running']),
    objects: z.array(loadedObjectSchema),
    error: errorInfoSchema.optional(),
  }),
]);
export type JobEvent = z.infer<typeof jobEventSchema>;

/** What `load --dry-run` says: worked out from a sample, nothing written. */
export const estimateSchema = z.object({
  objects: z.array(
    z.object({
      object: z.string(),
      path: z.string(),
      /**
       * The sample reached the end of the object: rows, files, requests and bytes of CSV are those of its content in
       * this moment. The bytes are those of one gzip run, which a load's own may miss by a little; the time is a guess.
       */
      exact: z.boolean(),
      /** The engine's estimate, or the exact count where the sample reached the end; null where unknown. */
      rows: z.number().int().nullable(),
      files: z.number().int().nullable(),
      /** Compressed bytes. */
      bytes: z.number().int().nullable(),
      /** Bytes of CSV, the headers included. */
      csvBytes: z.number().int().nullable(),
      /** Write requests to S3. */
      requests: z.number().int().nullable(),
      /** To read and compress it on this computer as fast as the sample went. */
      seconds: z.number().nonnegative().nullable(),
    }),
  ),
  /** Of the whole job, the upload left out, whose speed only a load can tell; null where an object is unknown. */
  seconds: z.number().nonnegative().nullable(),
  /** Bytes a second that the latest large load sent to this destination; null where there was none. */
  sentPerSecond: z.number().positive().nullable(),
});
export type Estimate = z.infer<typeof estimateSchema>;

export const verificationSchema = z.object({
  jobId: jobIdSchema,
  result: z.enum(['passed', 'failed']),
  files: z.array(
    z.object({
      key: z.string(),
      verdict: z.enum(['passed', 'failed']),
      rows: z.number().int().nullable(),
      bytes: z.number().int().nullable(),
      cause: z.string().optional(),
    }),
  ),
});
export type Verification = z.infer<typeof verificationSchema>;

/** What a check tells on its way. */
export const verifyEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('progress'),
    /** Files that are done, of how many. */
    done: z.number().int().nonnegative(),
    files: z.number().int().nonnegative(),
    /** Compressed bytes that were read back, of how many. */
    bytesRead: z.number().int().nonnegative(),
    bytes: z.number().int().nonnegative(),
  }),
  z.object({ event: z.literal('end'), verification: verificationSchema }),
]);
export type VerifyEvent = z.infer<typeof verifyEventSchema>;

/** What the removal of a job's data did. */
export const removalSchema = z.object({
  jobId: jobIdSchema,
  /** Keys that are gone now, those of an earlier attempt included. */
  removed: z.array(z.string()),
  /** What was not touched, because it is not as the job left it or because S3 refused; and why. */
  left: z.array(z.object({ key: z.string(), reason: z.string(), code: z.enum(errorCodes) })),
  /** The bucket keeps versions: what was removed is hidden, and still stored and paid for. */
  versionsKept: z.boolean(),
});
export type Removal = z.infer<typeof removalSchema>;

export const removalEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('progress'),
    done: z.number().int().nonnegative(),
    files: z.number().int().nonnegative(),
  }),
  z.object({ event: z.literal('end'), removal: removalSchema }),
]);
export type RemovalEvent = z.infer<typeof removalEventSchema>;

// ---------------------------------------------------------------- unfinished uploads

/** A multipart upload that nobody completed: it is not visible, and it is paid for. */
export const unfinishedUploadSchema = z.object({
  key: z.string(),
  uploadId: z.string(),
  /**
   * `abandoned`: of a job of this installation that has ended. `running`: of one that runs. `interrupted`: of one
   * that can be resumed or discarded, which settles it. `foreign`: named as Sluice names its files, but not in
   * this installation's history. Only abandoned ones are swept.
   */
  owner: z.enum(['abandoned', 'running', 'interrupted', 'foreign']),
  /** Null for a foreign one. */
  jobId: jobIdSchema.nullable(),
  /** When S3 began it; null where it could not be listed. */
  startedAt: instantSchema.nullable(),
});
export type UnfinishedUpload = z.infer<typeof unfinishedUploadSchema>;

export const unfinishedUploadsSchema = z.object({
  uploads: z.array(unfinishedUploadSchema),
  /**
   * Files of which there may be an upload that nobody knows the id of, since the answer that would have told it was
   * lost; where S3 does list uploads, they are settled by looking.
   */
  lost: z.array(
    z.object({ key: z.string(), jobId: jobIdSchema, owner: z.enum(['abandoned', 'interrupted']) }),
  ),
  /** Why S3 was not asked, so that only what the history knows is listed; null when it was. */
  limitation: z.string().nullable(),
  /** The lifecycle rule that expires unfinished uploads by itself, as JSON text. */
  lifecycleRule: z.string(),
});
export type UnfinishedUploads = z.infer<typeof unfinishedUploadsSchema>;

export const sweepSchema = z.object({
  aborted: z.array(z.object({ key: z.string(), uploadId: z.string() })),
  left: z.array(z.object({ key: z.string(), uploadId: z.string(), reason: z.string() })),
  limitation: z.string().nullable(),
  lifecycleRule: z.string(),
});
export type Sweep = z.infer<typeof sweepSchema>;

// ---------------------------------------------------------------- identity

/** By what way credentials are had. */
export const credentialWaySchema = z.enum([
  /** AWS_ACCESS_KEY_ID and its companions. */
  'environment',
  /** Access keys that stand in a profile. */
  'profile',
  /** IAM Identity Center. */
  'sso',
  /** `aws login`. */
  'login',
  /** A profile that assumes a role with the credentials of another. */
  'assumed-role',
  /** A program that a profile names (credential_process). */
  'process',
  /** A token of another identity provider in a file. */
  'web-identity',
  'container',
  'instance',
  /** Access keys in the keychain of this computer. */
  'keychain',
  'sandbox',
  /** The profile says nothing that leads to credentials, or something that this version does not know. */
  'unknown',
]);
export type CredentialWay = z.infer<typeof credentialWaySchema>;

/** Who signs the requests, as STS sees it. */
export const identitySchema = z.object({
  accountId: z.string(),
  arn: z.string(),
  userId: z.string(),
  partition: z.string(),
  kind: z.enum(['user', 'role', 'sso', 'root', 'federated']),
  /** Of the user, the role or the permission set. */
  name: z.string(),
  /** How the credentials were found. */
  foundBy: z.object({
    way: credentialWaySchema,
    profile: z.string().optional(),
    /** In plain words, e.g. `the profile "work", signed in through IAM Identity Center`. */
    words: z.string(),
    /** When the session ends; absent for long-term keys. */
    expiresAt: instantSchema.optional(),
  }),
  /**
   * The principal that a trust policy needs for this identity: `Principal.AWS`, and where the session does not
   * tell the whole role, patterns for `ArnLike aws:PrincipalArn`. Null when it cannot assume a role.
   */
  principal: z.object({ aws: z.string(), arnLike: z.array(z.string()).optional() }).nullable(),
  /** Why there is no principal, in plain words. */
  problem: z.string().optional(),
});
export type Identity = z.infer<typeof identitySchema>;

/** A profile of the AWS configuration files of this computer; what it leads to is not asked. */
export const awsProfileSchema = z.object({
  name: z.string(),
  way: credentialWaySchema,
  /** As {@link identitySchema}'s `foundBy.words`. */
  words: z.string(),
  region: z.string().optional(),
  /** The role that it assumes, or the permission set. */
  role: z.string().optional(),
  accountId: z.string().optional(),
  /** The command that signs in, where the profile has one, e.g. `aws sso login --profile work`. */
  signIn: z.string().optional(),
});
export type AwsProfile = z.infer<typeof awsProfileSchema>;

// ---------------------------------------------------------------- settings

export const settingsSchema = z.object({
  version: z.literal(1),
  /** Made once per installation; never changes. */
  externalId: z.uuid(),
  destinations: z.array(destinationSchema),
  sources: z.array(sourceSchema),
  pipelines: z.array(pipelineSchema),
  /** A setup that was begun and not finished. */
  setup: setupSchema.optional(),
  /** Of the desktop app. */
  updates: updateSettingsSchema.optional(),
});
export type Settings = z.infer<typeof settingsSchema>;
