/** What the store knows of a bucket and of an object. */
import type { ChecksumAlgorithm, ChecksumType } from '../payload/checksum.ts';

export interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** base64; a composite one ends in `-N`. */
  readonly value: string;
}

/** The headers that come with the bytes and go with them. */
export interface ObjectHeaders {
  /** Content-Type and the like, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** x-amz-meta-*, without that prefix. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** All that an upload brings along beside its bytes. */
export interface ObjectProperties extends ObjectHeaders {
  readonly encryption?: StoredEncryption;
  /** Absent for STANDARD. */
  readonly storageClass?: string;
  readonly tags?: readonly Tag[];
  readonly lock?: ObjectLock;
}

export interface ObjectRecord extends ObjectProperties {
  readonly bucket: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly checksum?: StoredChecksum;
  /** Of a multipart object: the bytes of each part, in order. */
  readonly parts?: readonly number[];
  /** In a bucket that has or had versioning; absent means `null`. */
  readonly version?: string;
}

/** How S3 says that it encrypted an object. Here nothing is encrypted: the bytes are the user's to look at. */
export interface StoredEncryption {
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  /** ARN. */
  readonly keyId?: string;
  readonly bucketKey?: boolean;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface ObjectLock {
  readonly mode?: 'GOVERNANCE' | 'COMPLIANCE';
  /** ISO 8601. */
  readonly retainUntil?: string;
  readonly legalHold?: boolean;
}

export interface LocatedObject extends ObjectRecord {
  /** Relative to the store, with `/`. */
  readonly location: string;
}

export interface BucketRecord {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
}
