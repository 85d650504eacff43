/** What a load writes down about objects and files, as the load says it and the history keeps it. */
import type { Confirmation, ErrorInfo, ObjectState, SetAside } from './model.ts';

/**
 * The way of a part file. `intended`: the key is taken, nothing was sent. `uploading`: a multipart upload may exist
 * (its id is known once it was recorded). `uploaded`: S3 holds all its bytes. `committing`: the request that makes
 * it visible was or is about to be sent; all files of an object get there together, and from then on a crash is
 * rolled forward. `committed`: it is visible. `removed`: neither file nor upload of ours is left, or the user was
 * told which is.
 */
export type FileState = 'intended' | 'uploading' | 'uploaded' | 'committing' | 'committed' | 'removed';

/** A part that S3 holds, as its completion has to name it. */
export interface JournalPart {
  readonly number: number;
  readonly etag: string;
  /** Base64 of the big-endian CRC-32 of the part. */
  readonly crc32: string;
}

/** What is absent stays as it was recorded. */
export interface FileChange {
  readonly state: FileState;
  readonly uploadId?: string;
  /** An upload of the key may exist whose id is not known: its answer is awaited, or was lost. */
  readonly strays?: boolean;
  readonly rows?: number;
  /** Size of the gzip file. */
  readonly bytes?: number;
  readonly checksum?: string;
  /** Bytes of CSV in it, the header included. */
  readonly csvBytes?: number;
  /** What S3 said about it. */
  readonly confirmed?: Confirmation;
  readonly parts?: readonly JournalPart[];
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
  /** ISO 8601: the moment of the snapshot that it was read from. */
  readonly snapshotAt?: string;
  readonly warnings?: readonly string[];
  /** null takes away what was recorded before, since the object is read anew. */
  readonly setAside?: SetAside | null;
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
