/** UploadPartCopy. */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import type { AwsRequest } from '../http/request.ts';
import { invalidArgument } from '../http/service-error.ts';
import { element, xmlDocument } from '../http/xml.ts';
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
import { partNumberOf, uploadOf } from './multipart.ts';

/** `bytes=first-last`, both ends given and inside the object. */
function copyRange(request: AwsRequest, size: number): { start: number; end: number } | undefined {
  const text = request.header('x-amz-copy-source-range');
  if (text === undefined) return undefined;
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(text) ?? [];
  if (first === '' || Number(last) < Number(first)) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      text,
    );
  }
  if (Number(last) >= size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      'x-amz-copy-source-range',
      text,
    );
  }
  return { start: Number(first), end: Number(last) };
}

async function uploadPartCopy(call: S3Request): Promise<Answer> {
  const { context, request } = call;
  const number = partNumberOf(request);
  const { checksum: plan } = uploadOf(call);
  const source = sourceOf(request);
  const { object, path } = openSource(call, source);
  const range = copyRange(request, object.size);
  await using file = await context.store.temporaryFile();
  const copied = await copyBytes(call, path, range, plan?.algorithm, file);
  // Looked up again: it may have been aborted in the meantime.
  const upload = uploadOf(call);
  const modified = context.now().getTime();
  const part = { number, size: copied.size, etag: copied.md5, modified };
  const checksum =
    plan === undefined || copied.checksum === undefined
      ? undefined
      : { algorithm: plan.algorithm, value: copied.checksum };
  context.store.uploads.putPart(upload.id, checksum === undefined ? part : { ...part, checksum }, file.path);
  const content = [
    element('LastModified', isoSeconds(modified)),
    element('ETag', quoted(copied.md5)),
    checksum === undefined ? '' : element(`Checksum${checksum.algorithm}`, checksum.value),
  ];
  return xmlAnswer(
    xmlDocument('CopyPartResult', s3Namespace, content.join('')),
    sourceVersion(call, source, object),
  );
}

export const copyPartOperations: readonly Operation[] = [
  {
    name: 'UploadPartCopy',
    action: 's3:PutObject',
    level: 'object',
    method: 'PUT',
    body: 'text',
    also: readPermission,
    when: ['partNumber', 'uploadId'],
    withHeader: copySource,
    parameters: [],
    headers: [
      ...[copySource, ...sourceConditions],
      ...['x-amz-copy-source-range', 'x-amz-source-expected-bucket-owner'],
    ],
    run: uploadPartCopy,
  },
];
