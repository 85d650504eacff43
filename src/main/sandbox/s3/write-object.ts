/** PutObject, DeleteObject and DeleteObjects. */
import { randomBytes } from 'node:crypto';
import type { Answer } from '../http/answer.ts';
import { xmlAnswer } from '../http/answer.ts';
import { invalidRequest, malformedXml, notImplemented, ServiceError } from '../http/service-error.ts';
import { childText, element, wrap, type XmlElement, xmlDocument } from '../http/xml.ts';
import { checksumHeader, checksumOfHeader, defaultChecksum } from '../payload/checksum.ts';
import { receive } from '../payload/receive.ts';
import type { StoredChecksum } from '../store/records.ts';
import { parseDocument } from './body.ts';
import { checkWriteConditions } from './conditions.ts';
import { bucketArn, type Operation, quoted, type S3Request, s3Namespace } from './context.ts';
import { encryptionAnswer, hasMd5Etag } from './encryption.ts';
import { maxKeyBytes } from './names.ts';
import { propertyHeaders } from './object-headers.ts';
import { propertiesFor } from './properties.ts';
import { publishVersion, removeVersion } from './versioning.ts';

const maxDeletes = 1000;

async function putObject(call: S3Request): Promise<Answer> {
  const { context, request, signer, bucket, key } = call;
  const properties = propertiesFor(call);
  const { encryption } = properties;
  const { objects } = context.store;
  await using file = await context.store.temporaryFile();
  const received = await receive(request, { signer, byDefault: defaultChecksum }, (chunk) =>
    file.write(chunk),
  );
  await file.close();
  const algorithm = received.declared ?? defaultChecksum;
  const value = received.checksums.get(algorithm) ?? '';
  const checksum: StoredChecksum = { algorithm, type: 'FULL_OBJECT', value };
  const etag = hasMd5Etag(encryption) ? received.md5.toString('hex') : randomBytes(16).toString('hex');
  // No await from here on: nobody comes between the condition and the object.
  checkWriteConditions(request, objects.find(bucket, key));
  const modified = context.now().getTime();
  const record = { ...properties, bucket, key, size: received.size, etag, modified, checksum };
  const version = publishVersion(context.store, record, file.path);
  return {
    status: 200,
    headers: {
      etag: quoted(etag),
      ...version,
      ...encryptionAnswer(encryption),
      [checksumHeader(algorithm)]: value,
      'x-amz-checksum-type': checksum.type,
    },
  };
}

function deleteObject(call: S3Request): Answer {
  const { context, request, bucket, key } = call;
  const version = request.parameters.get('versionId');
  const condition = request.header('if-match');
  if (condition !== undefined) {
    // Whoever names an ETag learns whether it is the object's.
    if (condition.trim() !== '*') {
      call.permit({ action: 's3:GetObject', resource: `${bucketArn(bucket)}/${key}` });
    }
    checkWriteConditions(request, context.store.objects.find(bucket, key));
  }
  const removed = removeVersion(call, call.key, version);
  return {
    status: 204,
    headers: {
      ...(removed.version === undefined ? {} : { 'x-amz-version-id': removed.version }),
      ...(removed.marker === true ? { 'x-amz-delete-marker': 'true' } : {}),
    },
  };
}

interface Doomed {
  readonly key: string;
  readonly version: string | undefined;
}

function doomedOf(object: XmlElement): Doomed {
  const key = childText(object, 'Key');
  if (key === undefined || key === '') throw malformedXml();
  const unknown = object.children.find((child) => child.name !== 'Key' && child.name !== 'VersionId');
  if (unknown !== undefined) throw notImplemented(`${unknown.name} in DeleteObjects`);
  return { key, version: childText(object, 'VersionId') };
}

const failure = ({ key, version }: Doomed, code: string, message: string): string =>
  wrap(
    'Error',
    ...[element('Key', key), element('VersionId', version)],
    ...[element('Code', code), element('Message', message)],
  );

function deleteOne(call: S3Request, doomed: Doomed, quiet: boolean): string {
  const { key, version } = doomed;
  if (Buffer.byteLength(key) > maxKeyBytes) {
    return failure(doomed, 'KeyTooLongError', 'Your key is too long');
  }
  const action = version === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
  try {
    call.permit({ action, resource: `${bucketArn(call.bucket)}/${key}` });
    const removed = removeVersion({ ...call, key }, key, version);
    if (quiet) return '';
    const marker = removed.marker === true;
    return wrap(
      'Deleted',
      element('Key', key),
      element('VersionId', version),
      marker ? element('DeleteMarker', true) + element('DeleteMarkerVersionId', removed.version) : '',
    );
  } catch (error) {
    if (error instanceof ServiceError) return failure(doomed, error.code, error.message);
    throw error;
  }
}

function deleteObjects(call: S3Request): Answer {
  const names = [...call.request.headers.keys()];
  const protectedBody = names.some(
    (name) => name === 'content-md5' || name === 'x-amz-trailer' || checksumOfHeader(name),
  );
  if (!protectedBody) {
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const root = parseDocument(call.text, 'Delete');
  const objects = root.children.filter((child) => child.name === 'Object');
  if (objects.length === 0 || objects.length > maxDeletes) throw malformedXml();
  const quiet = childText(root, 'Quiet')?.trim() === 'true';
  const doomed = objects.map(doomedOf);
  const results = doomed.map((object) => deleteOne(call, object, quiet));
  return xmlAnswer(xmlDocument('DeleteResult', s3Namespace, results.join('')));
}

const deletion = {
  level: 'object',
  method: 'DELETE',
  parameters: [],
  headers: ['x-amz-bypass-governance-retention'],
  body: 'text',
  run: deleteObject,
} as const;

export const writeOperations: readonly Operation[] = [
  {
    name: 'PutObject',
    action: 's3:PutObject',
    level: 'object',
    method: 'PUT',
    when: [],
    parameters: [],
    headers: ['if-match', 'if-none-match', ...propertyHeaders],
    body: 'stream',
    run: putObject,
  },
  {
    ...deletion,
    name: 'DeleteObject',
    action: 's3:DeleteObject',
    when: [],
    headers: ['if-match', ...deletion.headers],
  },
  {
    ...deletion,
    name: 'DeleteObjectVersion',
    action: 's3:DeleteObjectVersion',
    when: ['versionId'],
  },
  {
    name: 'DeleteObjects',
    action: 's3:DeleteObject',
    level: 'bucket',
    method: 'POST',
    when: ['delete'],
    perKey: true,
    parameters: [],
    headers: ['x-amz-bypass-governance-retention'],
    body: 'text',
    run: deleteObjects,
  },
];
