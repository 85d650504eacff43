/** The job history, which is also the journal of a load. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import { SluiceError } from '../../shared/errors.ts';
import type { FileChange, ManifestChange, ObjectChange } from '../../shared/journal.ts';
import {
  destinationSchema,
  type ErrorInfo,
  errorInfoSchema,
  type JobSummary,
  jobIdSchema,
  loadOptionsSchema,
  pipelineSchema,
  type Receipt,
  type UsedOptions,
} from '../../shared/model.ts';
import { openHistoryFile } from './history-file.ts';
import type {
  History,
  JobEnd,
  JobStart,
  JournalFile,
  JournalManifest,
  JournalObject,
  KnownUpload,
  LostUpload,
  Place,
} from './history-model.ts';
import {
  appendedRow,
  fileRow,
  jobRow,
  largeJobRow,
  leftRow,
  lostRow,
  manifestRow,
  objectRow,
  ownerRow,
  type ReceiptParts,
  resumeRow,
  summaryRow,
  toDefinition,
  toReceipt,
  uploadRow,
} from './history-rows.ts';
import { type Query, sql } from './history-sql.ts';
import { acquireLock, isLocked, type Lock } from './lock.ts';
import { storageError, storing } from './storage-errors.ts';

export type {
  History,
  JobEnd,
  JobStart,
  JournalFile,
  JournalManifest,
  KnownUpload,
  LostUpload,
  Place,
} from './history-model.ts';

type Parameters = Readonly<Record<string, SQLInputValue | undefined>>;

/** Times are compared as text, so they are all written in UTC. */
const utc = (instant: string): string => new Date(instant).toISOString();

/** Through the model, so that nothing else (a secret that was handed along) is stored. */
const errorText = (error: ErrorInfo | undefined): string | null =>
  error === undefined ? null : JSON.stringify(errorInfoSchema.parse(error));

/** The lock of a job that is over guards nothing; thousands of empty files would only be in the way. */
function removeIdle(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // On Windows, a process that looks at the lock keeps the file. It stays, empty, and does no harm.
  }
}

const placeParameters = ({ bucket, endpoint }: Place) => ({ bucket, endpoint: endpoint ?? '' });

/** Shown of a job that died; recorded only by whoever resumes or discards it. */
const asInterrupted = (summary: JobSummary): JobSummary =>
  summary.state === 'running' ? { ...summary, state: 'interrupted' } : summary;

class JobHistory implements History {
  readonly notices: readonly string[];
  readonly #path: string;
  readonly #locks: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<Query, StatementSync>();

  constructor(folder: string) {
    const file = openHistoryFile(folder);
    this.#path = file.path;
    this.#database = file.database;
    this.notices = file.notices;
    this.#locks = join(folder, 'jobs');
  }

  lockJob(jobId: string): Lock | undefined {
    const path = this.#lockPath(jobId);
    storing(this.#locks, 'lock the job', () => mkdirSync(this.#locks, { recursive: true, mode: 0o700 }));
    const lock = acquireLock(path, { waitMs: 0 });
    if (lock === undefined) return undefined;
    const release = (): void => {
      let over = false;
      try {
        over = this.#isOver(jobId);
      } finally {
        lock.release();
      }
      if (over) removeIdle(path);
    };
    return { release, [Symbol.dispose]: release };
  }

  beginJob(start: JobStart): void {
    const { jobId, database, version } = start;
    const job = {
      jobId: jobIdSchema.parse(jobId),
      name: start.pipeline.name,
      definition: JSON.stringify(pipelineSchema.parse(start.pipeline)),
      destination: JSON.stringify(destinationSchema.parse(start.destination)),
      database,
      version,
      startedAt: utc(start.startedAt),
      forced: start.force ? 1 : 0,
    };
    this.#transaction(() => {
      this.#change('beginJob', job);
      for (const [ordinal, { object, path, directory }] of start.objects.entries()) {
        const { schema, name } = object;
        this.#change('beginObject', { jobId, ordinal, schema, name, path, directory });
      }
    });
  }

  together(act: () => void): void {
    this.#transaction(act);
  }

  setSnapshot(jobId: string, at: string, sourceVersion?: string): void {
    this.#change('setSnapshot', { jobId, at: utc(at), sourceVersion });
  }

  setOptions(jobId: string, options: UsedOptions): void {
    this.#change('setOptions', { jobId, options: JSON.stringify(loadOptionsSchema.parse(options)) });
  }

  resumed(jobId: string, at: string): void {
    this.#transaction(() => {
      this.#change('runAgain', { jobId });
      this.#change('addResume', { jobId, at: utc(at) });
    });
  }

  setObject(jobId: string, ordinal: number, change: ObjectChange): void {
    const { state, rows, query, contentHash } = change;
    const times = [change.readFrom, change.readTo, change.snapshotAt].map((at) => at && utc(at));
    const [readFrom, readTo, snapshotAt] = times;
    const warnings = change.warnings === undefined ? null : JSON.stringify(change.warnings);
    const setAside = change.setAside === undefined ? null : JSON.stringify(change.setAside);
    const error = errorText(change.error);
    this.#change('setObject', {
      ...{
        jobId,
        ordinal,
        state,
        rows,
        query,
        readFrom,
        readTo,
        snapshotAt,
        contentHash,
        warnings,
        setAside,
      },
      error,
    });
  }

  addFile(
    jobId: string,
    ordinal: number,
    { seq, key }: { readonly seq: number; readonly key: string },
  ): void {
    this.#change('addFile', { jobId, ordinal, seq, key });
  }

  setFile(jobId: string, ordinal: number, seq: number, change: FileChange): void {
    const { state, uploadId, rows, bytes, checksum, csvBytes, confirmed } = change;
    const strays = change.strays === undefined ? null : Number(change.strays);
    const parts = change.parts === undefined ? null : JSON.stringify(change.parts);
    const counted = { rows, bytes, checksum, csvBytes, confirmed, parts };
    this.#change('setFile', { jobId, ordinal, seq, state, uploadId, strays, ...counted });
  }

  setManifest(jobId: string, { state, key, bytes, checksum }: ManifestChange): void {
    this.#change('setManifest', { jobId, state, key, bytes, checksum });
  }

  endJob(jobId: string, { state, endedAt, error }: JobEnd): void {
    this.#change('endJob', { jobId, state, endedAt: utc(endedAt), error: errorText(error) });
  }

  beginRemoval(jobId: string, at: string): void {
    this.#change('beginRemoval', { jobId, at: utc(at) });
  }

  fileRemoved(jobId: string, ordinal: number, seq: number, at: string): void {
    this.#change('fileRemoved', { jobId, ordinal, seq, at: utc(at) });
  }

  manifestRemoved(jobId: string, at: string): void {
    this.#change('manifestRemoved', { jobId, at: utc(at) });
  }

  endRemoval(jobId: string, at: string): void {
    this.#change('endRemoval', { jobId, at: utc(at) });
  }

  addLeftUpload({ jobId, key, uploadId }: LostUpload & { readonly uploadId: string | null }): void {
    if (uploadId === null) this.#change('addLostUpload', { jobId, key });
    else this.#change('addLeftUpload', { jobId, key, uploadId });
  }

  forgetUpload({ jobId, key, uploadId }: KnownUpload): void {
    const upload = { jobId, key, uploadId };
    this.#transaction(() => {
      this.#writing(() => this.#statement('forgetUploadOfFile').run(upload));
      this.#writing(() => this.#statement('forgetLeftUpload').run(upload));
    });
  }

  forgetLostUpload({ jobId, key }: LostUpload): void {
    this.#transaction(() => {
      this.#writing(() => this.#statement('forgetLostOfFile').run({ jobId, key }));
      this.#writing(() => this.#statement('forgetLostUpload').run({ jobId, key }));
    });
  }

  definition(jobId: string): JobStart | undefined {
    return this.#read(() => {
      const [job] = this.#rows('job', { jobId }, jobRow);
      return job && toDefinition(jobId, job, this.#rows('objects', { jobId }, objectRow));
    });
  }

  receipt(jobId: string): Receipt | undefined {
    const parts = this.#receiptParts(jobId);
    if (parts === undefined || !this.#isAbandoned(parts.summary)) return parts && toReceipt(parts);
    // It may have ended between the two looks, at the record and at the lock.
    const again = this.#receiptParts(jobId);
    return again && toReceipt({ ...again, summary: asInterrupted(again.summary) });
  }

  summary(jobId: string): JobSummary | undefined {
    const [summary] = this.#rows('summary', { jobId }, summaryRow);
    return summary && this.#current(summary);
  }

  summaries(): JobSummary[] {
    return this.#rows('summaries', {}, summaryRow).map((summary) => this.#current(summary));
  }

  objects(jobId: string): JournalObject[] {
    return this.#rows('objects', { jobId }, objectRow).map(({ ordinal, state, rows }) => ({
      ordinal,
      state,
      rows,
    }));
  }

  files(jobId: string): JournalFile[] {
    return this.#rows('files', { jobId }, fileRow);
  }

  manifest(jobId: string): JournalManifest | undefined {
    return this.#rows('manifest', { jobId }, manifestRow)[0];
  }

  appendedBefore(
    jobId: string,
    ordinal: number,
    contentHash: string,
  ): { jobId: string; startedAt: string } | undefined {
    return this.#rows('appended', { jobId, ordinal, contentHash }, appendedRow)[0];
  }

  openUploads(place: Place): KnownUpload[] {
    return this.#rows('openUploads', placeParameters(place), uploadRow);
  }

  lostUploads(place: Place): LostUpload[] {
    return this.#rows('lostUploads', placeParameters(place), lostRow);
  }

  sentPerSecond(place: Place): number | undefined {
    const [job] = this.#rows('lastLargeJob', placeParameters(place), largeJobRow);
    return job && job.bytes / job.seconds;
  }

  jobOfKey(place: Place, key: string): string | undefined {
    const first = /part-\d{5}-([0-9a-f]{8})\.csv\.gz$/.exec(key)?.[1];
    if (first === undefined) return undefined;
    return this.#rows('jobOfKey', { ...placeParameters(place), key, first }, ownerRow)[0];
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #lockPath(jobId: string): string {
    // A job id becomes a file name: nothing but a UUID may.
    if (!jobIdSchema.safeParse(jobId).success) {
      throw new SluiceError('NOT_FOUND', `There is no job "${jobId}"`, { details: { jobId } });
    }
    return join(this.#locks, `${jobId.toLowerCase()}.lock`);
  }

  /** True for a job that is recorded as running, but that no process holds. */
  #isAbandoned({ jobId, state }: JobSummary): boolean {
    return state === 'running' && !isLocked(this.#lockPath(jobId));
  }

  #current(summary: JobSummary): JobSummary {
    if (!this.#isAbandoned(summary)) return summary;
    // It may have ended between the two looks, at the record and at the lock.
    const [again] = this.#rows('summary', { jobId: summary.jobId }, summaryRow);
    return asInterrupted(again ?? summary);
  }

  #isOver(jobId: string): boolean {
    if (!this.#database.isOpen) return false;
    const [job] = this.#rows('summary', { jobId }, summaryRow);
    return job !== undefined && job.state !== 'running' && job.state !== 'interrupted';
  }

  #receiptParts(jobId: string): ReceiptParts | undefined {
    return this.#read(() => {
      const [job] = this.#rows('job', { jobId }, jobRow);
      const [summary] = this.#rows('summary', { jobId }, summaryRow);
      if (job === undefined || summary === undefined) return undefined;
      const resumedAt = this.#rows('resumes', { jobId }, resumeRow);
      const objects = this.#rows('objects', { jobId }, objectRow);
      const left = this.#rows('leftOfJob', { jobId }, leftRow);
      const [files, manifest] = [this.files(jobId), this.manifest(jobId)];
      return { summary, job, resumedAt, objects, files, manifest, left };
    });
  }

  #statement(query: Query): StatementSync {
    const known = this.#statements.get(query);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql[query]);
    this.#statements.set(query, statement);
    return statement;
  }

  #rows<T>(query: Query, parameters: Record<string, SQLInputValue>, row: z.ZodType<T>): T[] {
    const found = storing(this.#path, 'read the job history', () => this.#statement(query).all(parameters));
    const parsed = z.array(row).safeParse(found);
    if (parsed.success) return parsed.data;
    const message = `The job history in ${this.#path} holds a record that does not read (${query})`;
    throw new SluiceError('DATA_FOLDER_UNUSABLE', message, { cause: parsed.error });
  }

  /** A write that must meet one record. */
  #change(query: Query, parameters: Parameters): void {
    const bound = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, value ?? null]),
    );
    const { changes } = this.#writing(() => this.#statement(query).run(bound));
    if (changes !== 1) {
      throw new SluiceError('INTERNAL', `The job history has no such record to change (${query})`, {
        details: { query, jobId: String(bound.jobId) },
      });
    }
  }

  #writing<T>(act: () => T): T {
    return storing(this.#path, 'write the job history', act);
  }

  #transaction(act: () => void): void {
    this.#within('BEGIN IMMEDIATE', 'write the job history', act);
  }

  /** Several reads of one moment: another process may be writing. */
  #read<T>(act: () => T): T {
    return this.#within('BEGIN', 'read the job history', act);
  }

  #within<T>(begin: string, doing: string, act: () => T): T {
    try {
      this.#database.exec(begin);
      const result = act();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk ends the transaction by itself.
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw storageError(error, this.#path, doing);
    }
  }
}

/**
 * Opens the job history of a data folder, made when absent. A damaged file is put aside with a notice.
 *
 * @throws SluiceError DATA_FOLDER_UNUSABLE (also for a file of a newer version), DISK_FULL
 */
export function openHistory(folder: string): History {
  return new JobHistory(folder);
}
