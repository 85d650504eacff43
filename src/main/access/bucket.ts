/** One bucket of S3 as the rest of Sluice sees it: plain calls, our errors, no SDK types. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { SluiceError } from '../../shared/errors.ts';
import type { DestinationSettings } from '../../shared/model.ts';
import { classifyAwsError } from './aws-errors.ts';
import { type AccessContext, clientDefaults, destinationCredentials, until } from './signing.ts';

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
  /** Where the service reports it: base64 of the CRC-32 of the whole object. */
  readonly crc32: string | undefined;
}

/**
 * Every method throws SluiceErrors of the family `access` or `failed`, or CANCELLED when `signal` fires.
 * Checksums are base64 of the big-endian CRC-32, as S3 writes them; the service checks them.
 */
export interface Bucket extends Disposable {
  readonly name: string;
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
   * Also quiet when there was no such object. `versionKept` when the bucket keeps versions: the object is hidden
   * now, and still stored.
   */
  delete(key: string, signal?: AbortSignal): Promise<{ readonly versionKept: boolean }>;
  /** At most `limit` keys under a prefix. */
  list(prefix: string, limit: number, signal?: AbortSignal): Promise<readonly string[]>;
  /** Unfinished multipart uploads under a prefix; needs s3:ListBucketMultipartUploads. */
  listUploads(prefix: string, signal?: AbortSignal): Promise<readonly ListedUpload[]>;
}

/** What the service says about a file that it has just taken. */
export interface Stored {
  /** Of the whole file; undefined where the answer names none. */
  readonly crc32: string | undefined;
}

export interface ListedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly startedAt: Date | undefined;
}

/** Opens a bucket. No request is made yet. */
export function openBucket(settings: DestinationSettings, context: AccessContext): Bucket {
  return bucketOf(s3Client(settings, context), settings.bucket);
}

function s3Client(settings: DestinationSettings, context: AccessContext): S3Client {
  return new S3Client({
    ...clientDefaults,
    region: settings.region,
    credentials: destinationCredentials(settings, context),
    forcePathStyle: settings.pathStyle,
    // A redirect would hide that the destination names the wrong region.
    followRegionRedirects: false,
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
  });
}

function bucketOf(client: S3Client, name: string): Bucket {
  /** Runs one request; whatever it throws is classified here, once. */
  async function attempt<T>(action: string, key: string | undefined, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw classifyAwsError(error, { action, bucket: name, key });
    }
  }
  const at = (key: string) => ({ Bucket: name, Key: key });
  const file = (headers: FileHeaders) => ({ ContentType: headers.contentType, Metadata: headers.metadata });

  return {
    name,
    [Symbol.dispose]: () => client.destroy(),

    put: (key, body, crc32, headers, signal) =>
      attempt('s3:PutObject', key, async () => {
        const answer = await client.send(
          new PutObjectCommand({
            ...at(key),
            ...file(headers),
            Body: body,
            ChecksumCRC32: crc32,
            IfNoneMatch: '*',
          }),
          until(signal),
        );
        return { crc32: wholeCrc(answer) };
      }),

    createUpload: (key, headers, signal) =>
      attempt('s3:PutObject', key, async () => {
        const answer = await client.send(
          new CreateMultipartUploadCommand({
            ...at(key),
            ...file(headers),
            ChecksumAlgorithm: 'CRC32',
            ChecksumType: 'FULL_OBJECT',
          }),
          until(signal),
        );
        if (answer.UploadId === undefined) {
          throw new SluiceError('DESTINATION_FAILED', 'S3 started an upload without giving its id');
        }
        return { uploadId: answer.UploadId, retried: (answer.$metadata.attempts ?? 1) > 1 };
      }),

    uploadPart: ({ key, uploadId, number }, body, crc32, signal) =>
      attempt('s3:PutObject', key, async () => {
        const answer = await client.send(
          new UploadPartCommand({
            ...at(key),
            UploadId: uploadId,
            PartNumber: number,
            Body: body,
            ChecksumCRC32: crc32,
          }),
          until(signal),
        );
        if (answer.ETag === undefined)
          throw new SluiceError('DESTINATION_FAILED', 'S3 took a part without an ETag');
        return { number, etag: answer.ETag, crc32 };
      }),

    completeUpload: ({ key, uploadId }, parts, { bytes, crc32 }, signal) =>
      attempt('s3:PutObject', key, async () => {
        const answer = await client.send(
          new CompleteMultipartUploadCommand({
            ...at(key),
            UploadId: uploadId,
            MultipartUpload: {
              Parts: parts.map((part) => ({
                PartNumber: part.number,
                ETag: part.etag,
                ChecksumCRC32: part.crc32,
              })),
            },
            ChecksumCRC32: crc32,
            ChecksumType: 'FULL_OBJECT',
            // S3 compares it with the sum of the parts.
            MpuObjectSize: bytes,
            IfNoneMatch: '*',
          }),
          until(signal),
        );
        return { crc32: wholeCrc(answer) };
      }),

    abortUpload: (key, uploadId, signal) =>
      attempt('s3:AbortMultipartUpload', key, async () => {
        try {
          const upload = { ...at(key), UploadId: uploadId };
          await client.send(new AbortMultipartUploadCommand(upload), until(signal));
          return true;
        } catch (error) {
          if (statusOf(error) === 404) return false;
          throw error;
        }
      }),

    head: (key, signal) =>
      attempt('s3:GetObject', key, async () => {
        try {
          const answer = await client.send(
            new HeadObjectCommand({ ...at(key), ChecksumMode: 'ENABLED' }),
            until(signal),
          );
          return {
            bytes: answer.ContentLength ?? 0,
            metadata: answer.Metadata ?? {},
            crc32: wholeCrc(answer),
          };
        } catch (error) {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }
      }),

    get: (key, signal) =>
      attempt('s3:GetObject', key, async () => {
        const answer = await client.send(
          new GetObjectCommand({ ...at(key), ChecksumMode: 'ENABLED' }),
          until(signal),
        );
        // In Node the body is always a Readable; the SDK's type also covers browsers.
        return classified(answer.Body as unknown as AsyncIterable<Buffer>, name, key);
      }),

    delete: (key, signal) =>
      attempt('s3:DeleteObject', key, async () => {
        const answer = await client.send(new DeleteObjectCommand(at(key)), until(signal));
        return { versionKept: answer.DeleteMarker === true };
      }),

    list: (prefix, limit, signal) =>
      attempt('s3:ListBucket', undefined, async () => {
        const answer = await client.send(
          new ListObjectsV2Command({ Bucket: name, Prefix: prefix, MaxKeys: limit }),
          until(signal),
        );
        return (answer.Contents ?? []).flatMap((entry) => (entry.Key === undefined ? [] : [entry.Key]));
      }),

    listUploads: (prefix, signal) =>
      attempt('s3:ListBucketMultipartUploads', undefined, async () => {
        const uploads: ListedUpload[] = [];
        let marker: { KeyMarker?: string; UploadIdMarker?: string } = {};
        for (;;) {
          const answer = await client.send(
            new ListMultipartUploadsCommand({ Bucket: name, Prefix: prefix, ...marker }),
            until(signal),
          );
          for (const { Key, UploadId, Initiated } of answer.Uploads ?? []) {
            if (Key === undefined || UploadId === undefined) continue;
            uploads.push({ key: Key, uploadId: UploadId, startedAt: Initiated });
          }
          if (answer.IsTruncated !== true || answer.NextKeyMarker === undefined) return uploads;
          marker = {
            KeyMarker: answer.NextKeyMarker,
            ...(answer.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: answer.NextUploadIdMarker }),
          };
        }
      }),
  };
}

/** Not a checksum of checksums, which some services make of an upload whatever they were asked for. */
const wholeCrc = (answer: {
  readonly ChecksumCRC32?: string | undefined;
  readonly ChecksumType?: string | undefined;
}): string | undefined =>
  answer.ChecksumType === 'COMPOSITE' || answer.ChecksumCRC32?.includes('-')
    ? undefined
    : answer.ChecksumCRC32;

/** A body that breaks in the middle raises our error, like the request itself. */
async function* classified(body: AsyncIterable<Buffer>, bucket: string, key: string): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw classifyAwsError(error, { action: 's3:GetObject', bucket, key });
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}
