/** What a load writes down about objects and files, as the load says it and the history keeps it. */
import type { Confirmation, ErrorInfo, ObjectState } from './model.ts';

/**
 * The way of a part file. `intended`: the key is taken, nothing was sent. `uploading`: a multipart upload may exist
 * (its id is known once it was recorded). `uploaded`: all its bytes are with S3, or in memory where it is small.
 * `committing`: the request that makes it visible was or is about to be sent. `committed`: it is visible.
 * `removed`: neither file nor upload of ours is left, or the user was told which is.
 */
export type FileState = 'intended' | 'uploading' | 'uploaded' | 'committing' | 'committed' | 'removed';

/** What is absent stays as it was recorded. */
export interface FileChange {
  readonly state: FileState;
  readonly uploadId?: string;
  readonly rows?: number;
  /** Size of the gzip file. */
  readonly bytes?: number;
  readonly checksum?: string;
  /** Bytes of CSV in it, the header included. */
  readonly csvBytes?: number;
  /** What S3 said about it. */
  readonly confirmed?: Confirmation;
}

export interface ObjectChange {
  readonly state: ObjectState;
  readonly rows?: number;
  readonly query?: string;
  /** ISO 8601. */
  readonly readFrom?: string;
  /** ISO 8601. */
  readonly readTo?: string;
  readonly contentHash?: string;
  readonly warnings?: readonly string[];
  /** Absent: an error that was recorded before is taken away, since the object has gone on. */
  readonly error?: ErrorInfo;
}

/** The manifest of a job; its states are those of a file. What is absent stays as it was recorded. */
export interface ManifestChange {
  readonly state: 'committing' | 'committed' | 'removed';
  readonly key?: string;
  readonly bytes?: number;
  readonly checksum?: string;
}
