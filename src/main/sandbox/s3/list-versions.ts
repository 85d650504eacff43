/** ListObjectVersions: every version and delete marker, the newest of each key first. */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import { element, wrap, xmlDocument } from '../http/xml.ts';
import type { ObjectRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { isoSeconds, type Operation, quoted, type S3Request, s3Namespace } from './context.ts';
import { countParameter, keyEncoder } from './list-objects.ts';
import { after } from './listing.ts';
import { versionOf } from './versioning.ts';

interface Entry {
  readonly key: string;
  readonly version: string;
  readonly latest: boolean;
  readonly modified: number;
  /** Undefined for a delete marker. */
  readonly object?: ObjectRecord | undefined;
}

function entriesOf({ objects, versions }: Store, bucket: string, key: string): Entry[] {
  const current = objects.find(bucket, key);
  const entries: Omit<Entry, 'latest'>[] =
    current === undefined
      ? []
      : [{ key, version: versionOf(current), modified: current.modified, object: current }];
  for (const { version, modified, object } of versions.of(bucket, key)) {
    entries.push({ key, version, modified, object });
  }
  return entries.map((entry, at) => ({ ...entry, latest: at === 0 }));
}

/** Keys in the order of their bytes, from `lower` on, whether they have a current object or not. */
function* keysFrom({ objects, versions }: Store, bucket: string, lower: Buffer): Generator<string> {
  const pageSize = 200;
  for (let from = lower; ; ) {
    const found = new Set([
      ...objects.scan(bucket, from, pageSize).map(({ key }) => key),
      ...versions.keys(bucket, from, pageSize),
    ]);
    // Of two pages only the first `pageSize` keys are sure to be all there are up to the last of them.
    const keys = [...found].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).slice(0, pageSize);
    yield* keys;
    const last = keys.at(-1);
    if (last === undefined || keys.length < pageSize) return;
    from = after(Buffer.from(last));
  }
}

function listVersions({ context, request, bucket }: S3Request): Answer {
  const parameter = (name: string): string => request.parameters.get(name) ?? '';
  const encode = keyEncoder(request);
  const limit = countParameter(request, 'max-keys');
  const [prefix, delimiter] = [parameter('prefix'), parameter('delimiter')];
  const [keyMarker, versionMarker] = [parameter('key-marker'), parameter('version-id-marker')];
  const entries: Entry[] = [];
  const prefixes = new Set<string>();
  let truncated = false;
  let skipping = versionMarker !== '';
  const start = keyMarker === '' || skipping ? Buffer.from(keyMarker) : after(Buffer.from(keyMarker));
  const from = Buffer.compare(start, Buffer.from(prefix)) > 0 ? start : Buffer.from(prefix);

  const full = (): boolean => entries.length + prefixes.size >= limit;
  outer: for (const key of keysFrom(context.store, bucket, from)) {
    if (!key.startsWith(prefix)) break;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (at !== -1) {
      const folded = key.slice(0, at + delimiter.length);
      if (prefixes.has(folded) || folded === keyMarker) continue;
      if (full()) {
        truncated = true;
        break;
      }
      prefixes.add(folded);
      continue;
    }
    for (const entry of entriesOf(context.store, bucket, key)) {
      if (skipping && key === keyMarker) {
        if (entry.version === versionMarker) skipping = false;
        continue;
      }
      if (full()) {
        truncated = true;
        break outer;
      }
      entries.push(entry);
    }
  }
  const last = entries.at(-1);
  return xmlAnswer(
    xmlDocument(
      'ListVersionsResult',
      s3Namespace,
      [
        element('Name', bucket),
        element('Prefix', encode(prefix)),
        element('KeyMarker', encode(keyMarker)),
        element('VersionIdMarker', versionMarker),
        element('NextKeyMarker', truncated ? encode(last?.key ?? [...prefixes].at(-1) ?? '') : undefined),
        element('NextVersionIdMarker', truncated ? last?.version : undefined),
        element('MaxKeys', limit),
        element('Delimiter', delimiter === '' ? undefined : encode(delimiter)),
        element('EncodingType', parameter('encoding-type') || undefined),
        element('IsTruncated', truncated),
        ...entries.map((entry) => describe(entry, encode, context.account.id)),
        ...[...prefixes].map((folded) => wrap('CommonPrefixes', element('Prefix', encode(folded)))),
      ].join(''),
    ),
  );
}

function describe(entry: Entry, encode: (key: string) => string, owner: string): string {
  const { key, version, latest, modified, object } = entry;
  const common = [
    element('Key', encode(key)),
    element('VersionId', version),
    element('IsLatest', latest),
    element('LastModified', isoSeconds(modified)),
    wrap('Owner', element('ID', owner)),
  ];
  if (object === undefined) return wrap('DeleteMarker', ...common);
  return wrap(
    'Version',
    ...common,
    element('ETag', quoted(object.etag)),
    element('ChecksumAlgorithm', object.checksum?.algorithm),
    element('ChecksumType', object.checksum?.type),
    element('Size', object.size),
    element('StorageClass', object.storageClass ?? 'STANDARD'),
  );
}

export const listVersionsOperations: readonly Operation[] = [
  {
    name: 'ListObjectVersions',
    action: 's3:ListBucketVersions',
    level: 'bucket',
    method: 'GET',
    when: ['versions'],
    parameters: ['prefix', 'delimiter', 'key-marker', 'version-id-marker', 'max-keys', 'encoding-type'],
    headers: [],
    body: 'text',
    run: listVersions,
  },
];
