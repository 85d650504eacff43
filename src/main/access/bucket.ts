/** One bucket of S3 as the rest of Sluice sees it: plain calls, our errors, no SDK types. */
import { S3Client } from '@aws-sdk/client-s3';
import type { DestinationSettings } from '../../shared/model.ts';
import { bucketOf, sendsChecksums } from './bucket-requests.ts';
import type { Session } from './session.ts';
import { type AccessContext, askedEveryTime, clientDefaults, destinationSession } from './signing.ts';

/** What a file says about itself beside its bytes. */
export interface FileHeaders {
  readonly contentType: string;
  /** User metadata; lower-case names, ASCII values. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
  /** Base64 of the big-endian CRC-32 of the part. */
  readonly crc32: string;
}

export interface ObjectInfo {
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** As the service writes it, with its quotes. */
  readonly etag: string | undefined;
  /** Where the service reports it: base64 of the CRC-32 of the whole object. */
  readonly crc32: string | undefined;
  /** Object Lock holds it until then, as far as the service tells. */
  readonly lockedUntil: Date | undefined;
}

export interface Deleted {
  /** The bucket keeps versions: the object is hidden now, and still stored. */
  readonly versionKept: boolean;
  /** The delete marker that hides it. */
  readonly marker: string | undefined;
}

export interface ListedFile {
  readonly key: string;
  readonly modified: Date | undefined;
}

/**
 * Every method throws SluiceErrors of the family `access` or `failed`, or CANCELLED when `signal` fires.
 * Checksums are base64 of the big-endian CRC-32, as S3 writes them; the service checks them.
 */
export interface Bucket extends Disposable {
  readonly name: string;
  /** Milliseconds by which the service's clock is ahead of ours, by its last answer. */
  clockOffset(): number;
  /** Signs in ahead of the first request, which otherwise does and then tells what is wrong. Does not wait. */
  signIn(): void;
  /** Looks at the bucket itself. A region that the service tells is that of the bucket. */
  look(signal?: AbortSignal): Promise<{ readonly region: string | undefined }>;
  /** Writes a whole object; refused with KEY_EXISTS where the key is taken. */
  put(key: string, body: Buffer, crc32: string, headers: FileHeaders, signal?: AbortSignal): Promise<Stored>;
  /**
   * Starts a multipart upload. `retried` when more than one request was sent for it: an answer that was lost
   * may have started another upload, whose id nobody knows.
   */
  createUpload(
    key: string,
    headers: FileHeaders,
    signal?: AbortSignal,
  ): Promise<{ readonly uploadId: string; readonly retried: boolean }>;
  uploadPart(
    upload: { readonly key: string; readonly uploadId: string; readonly number: number },
    body: Buffer,
    crc32: string,
    signal?: AbortSignal,
  ): Promise<UploadedPart>;
  /** Makes the object visible; refused with KEY_EXISTS where the key is taken and the service looks. */
  completeUpload(
    upload: { readonly key: string; readonly uploadId: string },
    parts: readonly UploadedPart[],
    whole: { readonly bytes: number; readonly crc32: string },
    signal?: AbortSignal,
  ): Promise<Stored>;
  /** True when the upload is gone now, false when there was none. */
  abortUpload(key: string, uploadId: string, signal?: AbortSignal): Promise<boolean>;
  /** Undefined when there is no such object. */
  head(key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined>;
  get(key: string, signal?: AbortSignal): Promise<AsyncIterable<Buffer>>;
  /**
   * Also quiet when there was no such object. With a version, removes that one for good. With an ETag, removes
   * only an object that has it, where the service looks, and is refused with DATA_CHANGED otherwise; that needs
   * s3:GetObject, too.
   */
  delete(
    key: string,
    signal?: AbortSignal,
    only?: { readonly version?: string; readonly etag?: string | undefined },
  ): Promise<Deleted>;
  /** At most `limit` keys under a prefix. */
  list(prefix: string, limit: number, signal?: AbortSignal): Promise<readonly string[]>;
  /** The same with their dates. */
  listFiles(prefix: string, limit: number, signal?: AbortSignal): Promise<readonly ListedFile[]>;
  /** Unfinished multipart uploads under a prefix; needs s3:ListBucketMultipartUploads. */
  listUploads(prefix: string, signal?: AbortSignal): Promise<readonly ListedUpload[]>;
}

/** What the service says about a file that it has just taken. */
export interface Stored {
  /** Of the whole file; undefined where the answer names none. */
  readonly crc32: string | undefined;
  /** Where the bucket keeps versions. */
  readonly versionId: string | undefined;
}

export interface ListedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly startedAt: Date | undefined;
}

/** Opens a bucket. No request is made yet. */
export function openBucket(settings: DestinationSettings, context: AccessContext): Bucket {
  const session = destinationSession(settings, context);
  return bucketOf(s3Client(settings, session), settings, session);
}

function s3Client(settings: DestinationSettings, session: Session): S3Client {
  const { access, bucket, endpoint } = settings;
  return new S3Client({
    ...clientDefaults(access.type === 'role' ? access.signer : undefined),
    region: settings.region,
    credentials: askedEveryTime(session),
    // A dot in the name would be one too many for the certificate of the service.
    forcePathStyle: settings.pathStyle || bucket.includes('.'),
    // A redirect would hide that the destination names the wrong region.
    followRegionRedirects: false,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(sendsChecksums(settings)
      ? {}
      : { requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' }),
  });
}
