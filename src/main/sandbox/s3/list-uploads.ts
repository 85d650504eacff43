/** ListMultipartUploads and ListParts. */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import { invalidArgument } from '../http/service-error.ts';
import { element, wrap, xmlDocument } from '../http/xml.ts';
import type { PartRecord, UploadRecord } from '../store/upload-store.ts';
import { isoSeconds, type Operation, quoted, type S3Request, s3Namespace } from './context.ts';
import { countParameter, keyEncoder } from './list-objects.ts';
import { uploadOf } from './multipart.ts';

/** An upload, or a common prefix that stands for several. */
interface Entry {
  readonly upload: UploadRecord;
  readonly folded: string | undefined;
}

const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const person = (name: 'Initiator' | 'Owner', id: string): string => wrap(name, element('ID', id));

/** The uploads after the markers, by key and age. */
function uploadsAfter({ context, request, bucket }: S3Request): readonly UploadRecord[] {
  const keyMarker = request.parameters.get('key-marker') ?? '';
  const idMarker = request.parameters.get('upload-id-marker') ?? '';
  // Oldest first already, and the sort is stable.
  const sorted = [...context.store.uploads.ofBucket(bucket)].sort((a, b) => compareKeys(a.key, b.key));
  if (keyMarker === '') return sorted;
  const marked = sorted.findIndex((upload) => upload.key === keyMarker && upload.id === idMarker);
  if (idMarker !== '' && marked !== -1) return sorted.slice(marked + 1);
  return sorted.filter((upload) => compareKeys(upload.key, keyMarker) > 0);
}

function fold(uploads: readonly UploadRecord[], prefix: string, delimiter: string, marker: string): Entry[] {
  const entries: Entry[] = [];
  for (const upload of uploads) {
    if (!upload.key.startsWith(prefix)) continue;
    const at = delimiter === '' ? -1 : upload.key.indexOf(delimiter, prefix.length);
    const folded = at === -1 ? undefined : upload.key.slice(0, at + delimiter.length);
    // A prefix that ended the page before is not shown again.
    if (folded !== undefined && (folded === entries.at(-1)?.folded || folded === marker)) continue;
    entries.push({ upload, folded });
  }
  return entries;
}

function uploadElement(
  { id, key, started, initiator, checksum, storageClass }: UploadRecord,
  encode: (key: string) => string,
) {
  return wrap(
    'Upload',
    element('Key', encode(key)),
    element('UploadId', id),
    person('Initiator', initiator),
    element('StorageClass', storageClass ?? 'STANDARD'),
    element('Initiated', isoSeconds(started)),
    element('ChecksumAlgorithm', checksum?.algorithm),
    element('ChecksumType', checksum?.type),
  );
}

function listMultipartUploads(call: S3Request): Answer {
  const { request, bucket } = call;
  const parameter = (name: string): string => request.parameters.get(name) ?? '';
  const encode = keyEncoder(request);
  const limit = countParameter(request, 'max-uploads');
  const entries = fold(
    uploadsAfter(call),
    parameter('prefix'),
    parameter('delimiter'),
    parameter('key-marker'),
  );
  const page = entries.slice(0, limit);
  const last = entries.length > page.length ? page.at(-1) : undefined;
  const content = [
    element('Bucket', bucket),
    element('KeyMarker', encode(parameter('key-marker'))),
    element('UploadIdMarker', parameter('upload-id-marker')),
    element('NextKeyMarker', last === undefined ? undefined : encode(last.folded ?? last.upload.key)),
    element(
      'NextUploadIdMarker',
      last === undefined || last.folded !== undefined ? undefined : last.upload.id,
    ),
    element('Prefix', encode(parameter('prefix'))),
    element('Delimiter', parameter('delimiter') === '' ? undefined : encode(parameter('delimiter'))),
    element('EncodingType', parameter('encoding-type') || undefined),
    element('MaxUploads', limit),
    element('IsTruncated', last !== undefined),
    ...page.map(({ upload, folded }) => (folded === undefined ? uploadElement(upload, encode) : '')),
    ...page.map(({ folded }) =>
      folded === undefined ? '' : wrap('CommonPrefixes', element('Prefix', encode(folded))),
    ),
  ];
  return xmlAnswer(xmlDocument('ListMultipartUploadsResult', s3Namespace, content.join('')));
}

const partElement = ({ number, modified, etag, size, checksum }: PartRecord): string =>
  wrap(
    'Part',
    element('PartNumber', number),
    element('LastModified', isoSeconds(modified)),
    element('ETag', quoted(etag)),
    element('Size', size),
    checksum === undefined ? '' : element(`Checksum${checksum.algorithm}`, checksum.value),
  );

function listParts(call: S3Request): Answer {
  const { context, request, bucket, key } = call;
  const upload = uploadOf(call);
  const limit = countParameter(request, 'max-parts');
  const markerText = request.parameters.get('part-number-marker') || '0';
  if (!/^\d{1,9}$/.test(markerText)) {
    throw invalidArgument('Argument part-number-marker must be an integer', 'part-number-marker', markerText);
  }
  const rest = context.store.uploads.parts(upload.id).filter((part) => part.number > Number(markerText));
  const page = rest.slice(0, limit);
  const content = [
    element('Bucket', bucket),
    element('Key', key),
    element('UploadId', upload.id),
    person('Initiator', upload.initiator),
    person('Owner', context.account.id),
    element('StorageClass', upload.storageClass ?? 'STANDARD'),
    element('ChecksumAlgorithm', upload.checksum?.algorithm),
    element('ChecksumType', upload.checksum?.type),
    element('PartNumberMarker', markerText),
    element('NextPartNumberMarker', page.at(-1)?.number ?? markerText),
    element('MaxParts', limit),
    element('IsTruncated', rest.length > page.length),
    ...page.map(partElement),
  ];
  return xmlAnswer(xmlDocument('ListPartsResult', s3Namespace, content.join('')));
}

const common = { method: 'GET', headers: [], body: 'text' } as const;

export const listUploadOperations: readonly Operation[] = [
  {
    ...common,
    name: 'ListMultipartUploads',
    action: 's3:ListBucketMultipartUploads',
    level: 'bucket',
    when: ['uploads'],
    parameters: ['prefix', 'delimiter', 'key-marker', 'upload-id-marker', 'max-uploads', 'encoding-type'],
    run: listMultipartUploads,
  },
  {
    ...common,
    name: 'ListParts',
    action: 's3:ListMultipartUploadParts',
    level: 'object',
    when: ['uploadId'],
    parameters: ['max-parts', 'part-number-marker'],
    run: listParts,
  },
];
