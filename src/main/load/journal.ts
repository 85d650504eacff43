/**
 * What a load writes down before each act and after it, so that a crash at any moment leaves nothing that
 * cannot be found again. The job history implements it.
 */
import type { ErrorInfo, ObjectState } from '../../shared/model.ts';

/**
 * `intended`: the key is chosen. `uploading`: a multipart upload exists. `uploaded`: all its bytes are with
 * S3 or in memory. `committing`: the request that makes it visible is under way. `committed`: it is visible.
 * `removed`: it is gone again.
 */
export type FileState = 'intended' | 'uploading' | 'uploaded' | 'committing' | 'committed' | 'removed';

export interface FileChange {
  readonly state: FileState;
  readonly uploadId?: string;
  readonly rows?: number;
  readonly bytes?: number;
  readonly checksum?: string;
}

export interface ObjectChange {
  readonly state: ObjectState;
  readonly rows?: number;
  readonly query?: string;
  readonly warnings?: readonly string[];
  readonly error?: ErrorInfo;
}

/** The journal of one job. Objects are known by their place in the job, files by their number from 1. */
export interface Journal {
  setSnapshot(at: Date): void;
  setObject(ordinal: number, change: ObjectChange): void;
  addFile(ordinal: number, file: { readonly seq: number; readonly key: string }): void;
  setFile(ordinal: number, seq: number, change: FileChange): void;
}
