/** What the job history keeps, and what it is asked. */
import type {
  FileChange,
  FileState,
  JournalPart,
  ManifestChange,
  ObjectChange,
} from '../../shared/journal.ts';
import type {
  Confirmation,
  Destination,
  ErrorInfo,
  JobState,
  JobSummary,
  ObjectName,
  ObjectState,
  Pipeline,
  Receipt,
  UsedOptions,
} from '../../shared/model.ts';
import type { Lock } from './lock.ts';

/** A job as it begins. Pipeline and destination are snapshots: a later change of the settings does not reach it. */
export interface JobStart {
  readonly jobId: string;
  readonly pipeline: Pipeline;
  /** Settings only; what the model does not know is not stored. */
  readonly destination: Destination;
  /** As it stands in the directory path. */
  readonly database: string;
  /** ISO 8601; the clock of the directory path. Stored and given back in UTC. */
  readonly startedAt: string;
  /** Of Sluice. */
  readonly version: string;
  /** Their positions, from 0, are the ordinals by which the other calls name them. */
  readonly objects: readonly JobObject[];
  /** Loads also what was appended before. */
  readonly force: boolean;
}

export interface JobObject {
  readonly object: ObjectName;
  readonly path: string;
  /** The part of the path that is the object's at any time; null in jobs that did not record it. */
  readonly directory: string | null;
}

/** A line of the journal, for resume and discard. */
export interface JournalFile {
  readonly ordinal: number;
  readonly seq: number;
  readonly key: string;
  readonly state: FileState;
  readonly uploadId: string | null;
  /** See FileChange; null where nothing was recorded about it. */
  readonly strays: boolean | null;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly checksum: string | null;
  /** Of its upload, once all of them are with S3. */
  readonly parts: readonly JournalPart[] | null;
  readonly csvBytes: number | null;
  readonly confirmed: Confirmation | null;
  /** When the data of the job was removed again. */
  readonly removedAt: string | null;
}

/** The manifest of a job in the journal. */
export interface JournalManifest {
  readonly key: string;
  /** As of a file: see {@link FileState}. */
  readonly state: 'committing' | 'committed' | 'removed';
  readonly bytes: number | null;
  readonly checksum: string | null;
  readonly removedAt: string | null;
}

/** A bucket at a service. */
export type Place = Pick<Destination, 'bucket' | 'endpoint'>;

export interface KnownUpload {
  readonly jobId: string;
  readonly key: string;
  readonly uploadId: string;
}

/** An upload that may exist: no answer told its id. */
export type LostUpload = Pick<KnownUpload, 'jobId' | 'key'>;

/** How far an object is, for resume and discard. */
export interface JournalObject {
  readonly ordinal: number;
  readonly state: ObjectState;
  /** Of one that is being committed, those that it will have. */
  readonly rows: number;
}

export interface JobEnd {
  readonly state: Exclude<JobState, 'running'>;
  /** ISO 8601. */
  readonly endedAt: string;
  readonly error?: ErrorInfo;
}

/**
 * The history of all jobs, and the journal of a load: record the intent, act, record the result. Every call is on
 * the disk when it returns. Several processes may read and write at the same time.
 *
 * All calls throw SluiceError DISK_FULL or DATA_FOLDER_UNUSABLE, and INTERNAL for a job, object or file that was
 * never recorded.
 */
export interface History extends Disposable {
  /** What the user has to be told about the file, e.g. that it was damaged. */
  readonly notices: readonly string[];

  /**
   * The lock of a job, or `undefined` when another process runs it. Take it before {@link beginJob} or
   * {@link resumed} and hold it until after {@link endJob}: a job recorded as running whose lock is free counts as
   * interrupted. The state of the job has to be looked at after the lock is taken.
   */
  lockJob(jobId: string): Lock | undefined;

  beginJob(start: JobStart): void;
  /** All that `act` records, or nothing of it; one wait for the disk. `act` must not call `together` again. */
  together(act: () => void): void;
  /**
   * @param at ISO 8601
   * @param sourceVersion the engine that is read
   */
  setSnapshot(jobId: string, at: string, sourceVersion?: string): void;
  /** How this run of the job is carried out. */
  setOptions(jobId: string, options: UsedOptions): void;
  /**
   * The job runs again; its end and error, if any were recorded, are taken away.
   *
   * @param at ISO 8601
   */
  resumed(jobId: string, at: string): void;
  setObject(jobId: string, ordinal: number, change: ObjectChange): void;
  /** The intent to make a file. The number of a file that was removed may be used again. */
  addFile(jobId: string, ordinal: number, file: { readonly seq: number; readonly key: string }): void;
  setFile(jobId: string, ordinal: number, seq: number, change: FileChange): void;
  setManifest(jobId: string, change: ManifestChange): void;
  endJob(jobId: string, end: JobEnd): void;

  /** From here on the data of the job counts as no longer whole. @param at ISO 8601 */
  beginRemoval(jobId: string, at: string): void;
  fileRemoved(jobId: string, ordinal: number, seq: number, at: string): void;
  manifestRemoved(jobId: string, at: string): void;
  /** Nothing that the job added is there any more. */
  endRemoval(jobId: string, at: string): void;

  /** An upload that could not be aborted, though its file is recorded as removed; without an id, one that may exist. */
  addLeftUpload(upload: LostUpload & { readonly uploadId: string | null }): void;
  /** It is gone; does nothing where it was not recorded. */
  forgetUpload(upload: KnownUpload): void;
  /** Nothing but known uploads of that key is left; does nothing where it was not recorded. */
  forgetLostUpload(upload: LostUpload): void;

  /** What {@link beginJob} got; `undefined` for a job that is not known. */
  definition(jobId: string): JobStart | undefined;
  /** Lists only committed files of completed objects; `undefined` for a job that is not known. */
  receipt(jobId: string): Receipt | undefined;
  summary(jobId: string): JobSummary | undefined;
  /** Newest first. Rows and files as in {@link receipt}. */
  summaries(): JobSummary[];
  /** All objects of a job, by ordinal. */
  objects(jobId: string): JournalObject[];
  /** All files of a job, by ordinal and number, in any state. */
  files(jobId: string): JournalFile[];
  manifest(jobId: string): JournalManifest | undefined;
  /** The newest other job that appended the very same content of this object, and of which all is still there. */
  appendedBefore(
    jobId: string,
    ordinal: number,
    contentHash: string,
  ): { readonly jobId: string; readonly startedAt: string } | undefined;
  /** Uploads to that place whose end is not recorded, those of running jobs included. */
  openUploads(place: Place): KnownUpload[];
  /** Uploads to that place that may exist, and whose ids are not known, those of running jobs included. */
  lostUploads(place: Place): LostUpload[];
  /** Compressed bytes a second that the latest load of 16 MiB or more sent there, from its start to its end. */
  sentPerSecond(place: Place): number | undefined;
  /** The job that made, or was to make, a file of that key. */
  jobOfKey(place: Place, key: string): string | undefined;

  close(): void;
}
