/** What the job history keeps, and what it is asked. */
import type { FileChange, FileState, ObjectChange } from '../../shared/journal.ts';
import type {
  Destination,
  ErrorInfo,
  JobState,
  JobSummary,
  ObjectName,
  Pipeline,
  Receipt,
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
  readonly objects: readonly { readonly object: ObjectName; readonly path: string }[];
}

/** A line of the journal, for resume and discard. */
export interface JournalFile {
  readonly ordinal: number;
  readonly seq: number;
  readonly key: string;
  readonly state: FileState;
  readonly uploadId: string | null;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly checksum: string | null;
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
  /** @param at ISO 8601 */
  setSnapshot(jobId: string, at: string): void;
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
  endJob(jobId: string, end: JobEnd): void;

  /** What {@link beginJob} got; `undefined` for a job that is not known. */
  definition(jobId: string): JobStart | undefined;
  /** Lists only committed files of completed objects; `undefined` for a job that is not known. */
  receipt(jobId: string): Receipt | undefined;
  /** Newest first. Rows and files as in {@link receipt}. */
  summaries(): JobSummary[];
  /** All files of a job, by ordinal and number, in any state. */
  files(jobId: string): JournalFile[];

  close(): void;
}
