/**
 * What a load writes down before each act and after it, so that a crash at any moment leaves nothing that
 * cannot be found again. The job history implements it.
 */
import type { FileChange, ObjectChange } from '../../shared/journal.ts';

/** The journal of one job. Objects are known by their place in the job, files by their number from 1. */
export interface Journal {
  setSnapshot(at: Date): void;
  setObject(ordinal: number, change: ObjectChange): void;
  addFile(ordinal: number, file: { readonly seq: number; readonly key: string }): void;
  setFile(ordinal: number, seq: number, change: FileChange): void;
}
