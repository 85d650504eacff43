/** CopyObject. */
import { randomBytes } from 'node:crypto';
import { type Answer, xmlAnswer } from '../http/answer.ts';
import type { AwsRequest } from '../http/request.ts';
import { invalidArgument, invalidRequest } from '../http/service-error.ts';
import { element, xmlDocument } from '../http/xml.ts';
import { checksumOfName, defaultChecksum } from '../payload/checksum.ts';
import type { ObjectRecord } from '../store/records.ts';
import { checkWriteConditions } from './conditions.ts';
import { isoSeconds, type Operation, quoted, type S3Request, s3Namespace } from './context.ts';
import {
  copyBytes,
  copySource,
  openSource,
  readPermission,
  sourceConditions,
  sourceOf,
  sourceVersion,
} from './copy-source.ts';
import { encryptionAnswer, encryptionFor, hasMd5Etag } from './encryption.ts';
import { lockFor } from './lock.ts';
import { objectHeadersOf, propertyHeaders, storageClassOf } from './object-headers.ts';
import { tagsFor } from './tagging.ts';
import { publishVersion } from './versioning.ts';

const maxCopyBytes = 5 * 1024 ** 3;

function directive(request: AwsRequest, name: string): 'COPY' | 'REPLACE' {
  const value = request.header(name) ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value;
  throw invalidArgument(`Unknown ${name.slice('x-amz-'.length)}.`, name, value);
}

async function copyObject(call: S3Request): Promise<Answer> {
  const { context, request, bucket, key } = call;
  const { store } = context;
  const source = sourceOf(request);
  const { object, path } = openSource(call, source);
  if (object.size > maxCopyBytes) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${maxCopyBytes}`,
    );
  }
  const metadata = directive(request, 'x-amz-metadata-directive');
  const tagging = directive(request, 'x-amz-tagging-directive');
  const ontoItself = source.bucket === bucket && source.key === key && source.version === undefined;
  const changing = ['x-amz-server-side-encryption', 'x-amz-storage-class'];
  if (ontoItself && metadata === 'COPY' && changing.every((name) => request.header(name) === undefined)) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const encryption = encryptionFor(call);
  const lock = lockFor(request, store, bucket, context.now());
  const algorithm =
    checksumOfName(request.header('x-amz-checksum-algorithm') ?? '') ??
    object.checksum?.algorithm ??
    defaultChecksum;
  await using file = await store.temporaryFile();
  const copied = await copyBytes(call, path, undefined, algorithm, file);
  checkWriteConditions(request, store.objects.find(bucket, key));
  const tags = tagging === 'REPLACE' ? tagsFor(request) : (object.tags ?? []);
  const modified = context.now().getTime();
  const etag = hasMd5Etag(encryption) ? copied.md5 : randomBytes(16).toString('hex');
  const record: ObjectRecord = {
    ...(metadata === 'REPLACE'
      ? objectHeadersOf(request)
      : { headers: object.headers, metadata: object.metadata }),
    ...{ bucket, key, size: copied.size, etag, modified, encryption },
    ...(copied.checksum === undefined
      ? {}
      : { checksum: { algorithm, type: 'FULL_OBJECT', value: copied.checksum } }),
    ...storageClassOf(request),
    ...(tags.length === 0 ? {} : { tags }),
    ...(lock === undefined ? {} : { lock }),
  };
  const version = publishVersion(store, record, file.path);
  const content = [
    element('LastModified', isoSeconds(modified)),
    element('ETag', quoted(etag)),
    ...(record.checksum === undefined
      ? []
      : [
          element(`Checksum${record.checksum.algorithm}`, record.checksum.value),
          element('ChecksumType', 'FULL_OBJECT'),
        ]),
  ];
  return xmlAnswer(xmlDocument('CopyObjectResult', s3Namespace, content.join('')), {
    ...version,
    ...encryptionAnswer(encryption),
    ...sourceVersion(call, source, object),
  });
}

/** Told from PutObject and UploadPart by the header. */
export const copyOperations: readonly Operation[] = [
  {
    name: 'CopyObject',
    action: 's3:PutObject',
    level: 'object',
    method: 'PUT',
    body: 'text',
    also: readPermission,
    when: [],
    withHeader: copySource,
    parameters: [],
    headers: [
      ...[copySource, ...sourceConditions, ...propertyHeaders, 'if-match', 'if-none-match'],
      ...['x-amz-metadata-directive', 'x-amz-tagging-directive', 'x-amz-checksum-algorithm'],
      'x-amz-source-expected-bucket-owner',
    ],
    run: copyObject,
  },
];
