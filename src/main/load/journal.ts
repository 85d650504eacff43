/**
 * What a load writes down before each act and after it, so that a crash at any moment leaves nothing that
 * cannot be found again. The job history implements it.
 */
import type { FileChange, ObjectChange } from '../../shared/journal.ts';

/** The journal of one job. */
export interface Journal {
  /**
   * Records what `act` notes: all of it or nothing. Resolves when it is on the disk, with everything that was
   * recorded before. Nobody needs to wait who takes no step that depends on it.
   * @throws SluiceError DISK_FULL, DATA_FOLDER_UNUSABLE
   */
  record(act: (entries: JournalEntries) => void): Promise<void>;
  /**
   * Records what nobody depends on: it is on the disk with the next record, in order, or a moment later by itself.
   * A failure is met by the next record.
   */
  note(act: (entries: JournalEntries) => void): void;
  /** The newest other job that appended the very same content of an object, and of which all is still there. */
  appendedBefore(
    ordinal: number,
    contentHash: string,
  ): { readonly jobId: string; readonly startedAt: string } | undefined;
  /** The first failure to record; from then on nothing is recorded any more. */
  readonly failure: unknown;
}

/** Objects are known by their place in the job, files by their number from 1. */
export interface JournalEntries {
  setSnapshot(at: Date, sourceVersion: string): void;
  setObject(ordinal: number, change: ObjectChange): void;
  addFile(ordinal: number, file: { readonly seq: number; readonly key: string }): void;
  setFile(ordinal: number, seq: number, change: FileChange): void;
  /** An upload of a key that stays; without an id, one that perhaps does. */
  addLeftUpload(upload: { readonly key: string; readonly uploadId: string | null }): void;
}
