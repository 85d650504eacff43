/** The requests behind a bucket, each one classified where it fails. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { SluiceError } from '../../shared/errors.ts';
import type { DestinationSettings } from '../../shared/model.ts';
import { classifyAwsError } from './aws-errors.ts';
import type { Bucket, FileHeaders, ListedUpload, Stored } from './bucket.ts';
import type { Session } from './session.ts';
import { until } from './signing.ts';

/** False for a service that has refused them once. */
export const sendsChecksums = ({ checksums }: DestinationSettings): boolean => checksums !== 'when-required';

/** @param session is opened anew when the service calls it expired */
export function bucketOf(client: S3Client, settings: DestinationSettings, session: Session): Bucket {
  const { bucket: name, access } = settings;
  const checked = sendsChecksums(settings);

  /** Runs one request; whatever it throws is classified here, once. */
  async function attempt<T>(action: string, key: string | undefined, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      const problem = classifyAwsError(error, { action, bucket: name, key });
      // A session that the service calls expired did nothing; a new one may go on.
      if (problem.code !== 'SESSION_EXPIRED' || access.type !== 'role') throw problem;
      session.renew();
    }
    try {
      return await request();
    } catch (error) {
      throw classifyAwsError(error, { action, bucket: name, key });
    }
  }
  const at = (key: string) => ({ Bucket: name, Key: key });
  const verified = checked ? ({ ChecksumMode: 'ENABLED' } as const) : {};
  const file = (headers: FileHeaders) => ({ ContentType: headers.contentType, Metadata: headers.metadata });

  const listFiles: Bucket['listFiles'] = (prefix, limit, signal) =>
    attempt('s3:ListBucket', undefined, async () => {
      const { Contents = [] } = await client.send(
        new ListObjectsV2Command({ Bucket: name, Prefix: prefix, MaxKeys: limit }),
        until(signal),
      );
      return Contents.flatMap(({ Key, LastModified }) =>
        Key === undefined ? [] : [{ key: Key, modified: LastModified }],
      );
    });

  return {
    name,
    clockOffset: () => client.config.systemClockOffset,
    [Symbol.dispose]: () => client.destroy(),

    signIn: () => {
      // What fails here fails again where somebody waits for it, and is told there.
      session.credentials().catch(() => undefined);
    },

    look: (signal) =>
      attempt('s3:ListBucket', undefined, async () => {
        const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: name }), until(signal));
        return { region: BucketRegion };
      }),

    put: (key, body, crc32, headers, signal) =>
      attempt('s3:PutObject', key, async () => {
        const answer = await client.send(
          new PutObjectCommand({
            ...at(key),
            ...file(headers),
            Body: body,
            ...(checked ? { ChecksumCRC32: crc32 } : {}),
            IfNoneMatch: '*',
          }),
          until(signal),
        );
        return stored(answer);
      }),

    createUpload: (key, headers, signal) =>
      attempt('s3:PutObject', key, async () => {
        const answer = await client.send(
          new CreateMultipartUploadCommand({
            ...at(key),
            ...file(headers),
            ...(checked ? { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } : {}),
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
            ...(checked ? { ChecksumCRC32: crc32 } : {}),
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
                ...(checked ? { ChecksumCRC32: part.crc32 } : {}),
              })),
            },
            ...(checked ? { ChecksumCRC32: crc32, ChecksumType: 'FULL_OBJECT' } : {}),
            // S3 compares it with the sum of the parts.
            MpuObjectSize: bytes,
            IfNoneMatch: '*',
          }),
          until(signal),
        );
        return stored(answer);
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
          const answer = await client.send(new HeadObjectCommand({ ...at(key), ...verified }), until(signal));
          return {
            bytes: answer.ContentLength ?? 0,
            metadata: answer.Metadata ?? {},
            etag: answer.ETag,
            lockedUntil: answer.ObjectLockRetainUntilDate,
            crc32: wholeCrc(answer),
          };
        } catch (error) {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }
      }),

    get: (key, signal) =>
      attempt('s3:GetObject', key, async () => {
        const answer = await client.send(new GetObjectCommand({ ...at(key), ...verified }), until(signal));
        // In Node the body is always a Readable; the SDK's type also covers browsers.
        return classified(answer.Body as unknown as AsyncIterable<Buffer>, name, key);
      }),

    delete: (key, signal, { version, etag } = {}) =>
      attempt('s3:DeleteObject', key, async () => {
        const which = {
          ...(version === undefined ? {} : { VersionId: version }),
          ...(etag === undefined ? {} : { IfMatch: etag }),
        };
        try {
          const deleted = await client.send(new DeleteObjectCommand({ ...at(key), ...which }), until(signal));
          const versionKept = deleted.DeleteMarker === true;
          return { versionKept, marker: versionKept ? deleted.VersionId : undefined };
        } catch (error) {
          // With a condition a missing object is an error: it is gone, perhaps by our own first try.
          if (etag === undefined || (error as Error | null)?.name !== 'NoSuchKey') throw error;
          return { versionKept: false, marker: undefined };
        }
      }),

    list: async (prefix, limit, signal) => (await listFiles(prefix, limit, signal)).map((entry) => entry.key),
    listFiles,

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

const stored = (
  answer: Parameters<typeof wholeCrc>[0] & { readonly VersionId?: string | undefined },
): Stored => ({
  crc32: wholeCrc(answer),
  versionId: answer.VersionId,
});

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
