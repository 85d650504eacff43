/**
 * Encryption as S3 answers it. Nothing is encrypted here, so that the user can look at the bytes; but keys are
 * asked for their permission, since that is what goes wrong in practice.
 */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import type { AwsRequest } from '../http/request.ts';
import { invalidArgument, malformedXml, ServiceError } from '../http/service-error.ts';
import { childText, element, wrap, xmlDocument } from '../http/xml.ts';
import type { KmsKey } from '../identity/principals.ts';
import type { ObjectRecord, StoredEncryption } from '../store/records.ts';
import { parseDocument } from './body.ts';
import { type Operation, type S3Request, s3Namespace } from './context.ts';

const setting = 'encryption';

export const encryptionHeaders = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-bucket-key-enabled',
] as const;

const isAlgorithm = (text: string): text is StoredEncryption['algorithm'] =>
  ['AES256', 'aws:kms', 'aws:kms:dsse'].includes(text);

function bucketDefault({ context, bucket }: S3Request): StoredEncryption {
  const text = context.store.bucketSettings.get(bucket, setting);
  return text === undefined ? { algorithm: 'AES256' } : JSON.parse(text);
}

function requested(request: AwsRequest): StoredEncryption | undefined {
  const [algorithm, keyId, bucketKey] = encryptionHeaders.map((name) => request.header(name));
  if (algorithm === undefined) {
    if (keyId === undefined) return undefined;
    throw invalidArgument(
      'x-amz-server-side-encryption header is required when x-amz-server-side-encryption-aws-kms-key-id is given',
      encryptionHeaders[0],
      'null',
    );
  }
  if (!isAlgorithm(algorithm)) {
    throw invalidArgument(
      'The encryption method specified is not supported',
      encryptionHeaders[0],
      algorithm,
    );
  }
  if (algorithm === 'AES256' && keyId !== undefined) {
    throw invalidArgument(
      'Server Side Encryption with KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
      encryptionHeaders[0],
      algorithm,
    );
  }
  return {
    algorithm,
    ...(keyId === undefined ? {} : { keyId }),
    ...(bucketKey?.toLowerCase() === 'true' ? { bucketKey: true } : {}),
  };
}

/**
 * How a new object is encrypted: as the request says, else as the bucket does.
 * @throws ServiceError AccessDenied where the key may not be used by the caller
 */
export function encryptionFor(call: S3Request): StoredEncryption {
  const encryption = requested(call.request) ?? bucketDefault(call);
  const key = keyOf(call, encryption);
  if (key === undefined) return encryption;
  call.permit({ action: 'kms:GenerateDataKey', resource: key.arn });
  return { ...encryption, keyId: key.arn };
}

/** @throws ServiceError AccessDenied where the caller may not use the key that the object was encrypted with */
export function permitDecrypt(call: S3Request, { encryption }: Pick<ObjectRecord, 'encryption'>): void {
  if (encryption === undefined) return;
  const key = keyOf(call, encryption);
  if (key !== undefined) call.permit({ action: 'kms:Decrypt', resource: key.arn });
}

/** The customer's own key; undefined for S3's keys and for AWS's, which everybody of the account may use. */
function keyOf({ context }: S3Request, { algorithm, keyId }: StoredEncryption): KmsKey | undefined {
  if (algorithm === 'AES256' || keyId === undefined || keyId === 'alias/aws/s3') return undefined;
  const { kmsKeys } = context.account;
  const key = kmsKeys.get(keyId) ?? [...kmsKeys.values()].find(({ arn }) => arn.endsWith(`:key/${keyId}`));
  if (key === undefined) throw new ServiceError(400, 'KMS.NotFoundException', `Invalid keyId '${keyId}'`);
  if (!key.enabled) throw new ServiceError(400, 'KMS.DisabledException', `${key.arn} is disabled.`);
  return key;
}

export const encryptionAnswer = (encryption: StoredEncryption | undefined): Record<string, string> => ({
  [encryptionHeaders[0]]: encryption?.algorithm ?? 'AES256',
  ...(encryption?.keyId === undefined ? {} : { [encryptionHeaders[1]]: encryption.keyId }),
  ...(encryption?.bucketKey === true ? { [encryptionHeaders[2]]: 'true' } : {}),
});

/** The MD5 of the content is the ETag only where S3 encrypts with its own keys. */
export const hasMd5Etag = ({ algorithm }: StoredEncryption): boolean => algorithm === 'AES256';

function putEncryption({ context, bucket, text }: S3Request): Answer {
  const rule = parseDocument(text, 'ServerSideEncryptionConfiguration').children.find(
    ({ name }) => name === 'Rule',
  );
  const byDefault = rule?.children.find(({ name }) => name === 'ApplyServerSideEncryptionByDefault');
  if (rule === undefined || byDefault === undefined) throw malformedXml();
  const algorithm = childText(byDefault, 'SSEAlgorithm')?.trim() ?? '';
  const keyId = childText(byDefault, 'KMSMasterKeyID')?.trim();
  if (!isAlgorithm(algorithm)) throw malformedXml();
  if (algorithm === 'AES256' && keyId !== undefined) {
    throw invalidArgument(
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms',
      'KMSMasterKeyID',
      keyId,
    );
  }
  const bucketKey = childText(rule, 'BucketKeyEnabled')?.trim() === 'true';
  const encryption: StoredEncryption = {
    algorithm,
    ...(keyId === undefined ? {} : { keyId }),
    ...(bucketKey ? { bucketKey } : {}),
  };
  context.store.bucketSettings.set(bucket, setting, JSON.stringify(encryption));
  return { status: 200 };
}

/** Every bucket has one: S3's own keys, unless another was set. */
function getEncryption(call: S3Request): Answer {
  const { algorithm, keyId, bucketKey = false } = bucketDefault(call);
  const byDefault = element('SSEAlgorithm', algorithm) + element('KMSMasterKeyID', keyId);
  const rule = wrap('ApplyServerSideEncryptionByDefault', byDefault) + element('BucketKeyEnabled', bucketKey);
  return xmlAnswer(xmlDocument('ServerSideEncryptionConfiguration', s3Namespace, wrap('Rule', rule)));
}

function deleteEncryption({ context, bucket }: S3Request): Answer {
  context.store.bucketSettings.remove(bucket, setting);
  return { status: 204 };
}

const common = { level: 'bucket', when: ['encryption'], parameters: [], headers: [], body: 'text' } as const;
const put = 's3:PutEncryptionConfiguration';

export const encryptionOperations: readonly Operation[] = [
  { ...common, name: 'PutBucketEncryption', action: put, method: 'PUT', run: putEncryption },
  {
    ...common,
    name: 'GetBucketEncryption',
    action: 's3:GetEncryptionConfiguration',
    method: 'GET',
    run: getEncryption,
  },
  { ...common, name: 'DeleteBucketEncryption', action: put, method: 'DELETE', run: deleteEncryption },
];
