/** PutObject, DeleteObject and DeleteObjects. */
import type { Answer } from '../http/answer.ts';
import { xmlAnswer } from '../http/answer.ts';
import { invalidRequest, malformedXml, notImplemented, ServiceError } from '../http/service-error.ts';
import { childText, element, wrap, type XmlElement, xmlDocument } from '../http/xml.ts';
import { checksumHeader, checksumOfHeader } from '../payload/checksum.ts';
import { receive } from '../payload/receive.ts';
import type { StoredChecksum } from '../store/object-store.ts';
import { parseDocument } from './body.ts';
import { checkWriteConditions } from './conditions.ts';
import { bucketArn, type Operation, quoted, type S3Request, s3Namespace } from './context.ts';
import { maxKeyBytes } from './names.ts';
import { objectHeadersOf } from './object-headers.ts';

const maxDeletes = 1000;

async function putObject({ context, request, signer, bucket, key }: S3Request): Promise<Answer> {
  const headers = objectHeadersOf(request);
  const { objects } = context.store;
  await using file = await context.store.temporaryFile();
  const received = await receive(request, { signer }, (chunk) => file.write(chunk));
  await file.close();
  const { declared } = received;
  const value = declared === undefined ? undefined : received.checksums.get(declared);
  const checksum: StoredChecksum | undefined =
    declared === undefined || value === undefined
      ? undefined
      : { algorithm: declared, type: 'FULL_OBJECT', value };
  const etag = received.md5.toString('hex');
  // No await from here on: nobody comes between the condition and the object.
  checkWriteConditions(request, objects.find(bucket, key));
  const modified = context.now().getTime();
  const record = { ...headers, bucket, key, size: received.size, etag, modified };
  objects.publish(checksum === undefined ? record : { ...record, checksum }, file.path);
  return {
    status: 200,
    headers: {
      etag: quoted(etag),
      ...(checksum === undefined
        ? {}
        : { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type }),
    },
  };
}

function deleteObject({ context, bucket, key }: S3Request): Answer {
  context.store.objects.remove(bucket, key);
  return { status: 204 };
}

function keyOf(object: XmlElement): string {
  const key = childText(object, 'Key');
  if (key === undefined || key === '') throw malformedXml();
  const unknown = object.children.find((child) => child.name !== 'Key');
  if (unknown !== undefined) throw notImplemented(`${unknown.name} in DeleteObjects`);
  return key;
}

function deleteOne({ context, permit, bucket }: S3Request, key: string, quiet: boolean): string {
  if (Buffer.byteLength(key) > maxKeyBytes) {
    return wrap(
      'Error',
      element('Key', key),
      element('Code', 'KeyTooLongError'),
      element('Message', 'Your key is too long'),
    );
  }
  try {
    permit({ action: 's3:DeleteObject', resource: `${bucketArn(bucket)}/${key}` });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return wrap('Error', element('Key', key), element('Code', error.code), element('Message', error.message));
  }
  context.store.objects.remove(bucket, key);
  return quiet ? '' : wrap('Deleted', element('Key', key));
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
  const keys = objects.map(keyOf);
  const results = keys.map((key) => deleteOne(call, key, quiet));
  return xmlAnswer(xmlDocument('DeleteResult', s3Namespace, results.join('')));
}

export const writeOperations: readonly Operation[] = [
  {
    name: 'PutObject',
    action: 's3:PutObject',
    level: 'object',
    method: 'PUT',
    when: [],
    parameters: [],
    headers: ['if-match', 'if-none-match', 'x-amz-meta-*', 'x-amz-acl'],
    body: 'stream',
    run: putObject,
  },
  {
    name: 'DeleteObject',
    action: 's3:DeleteObject',
    level: 'object',
    method: 'DELETE',
    when: [],
    parameters: [],
    headers: [],
    body: 'text',
    run: deleteObject,
  },
  {
    name: 'DeleteObjects',
    action: 's3:DeleteObject',
    level: 'bucket',
    method: 'POST',
    when: ['delete'],
    perKey: true,
    parameters: [],
    headers: [],
    body: 'text',
    run: deleteObjects,
  },
];
