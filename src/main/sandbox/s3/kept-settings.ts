/**
 * Settings of a bucket that the sandbox keeps and answers without acting on them, and access control lists, which
 * are switched off as in every bucket that is made today.
 */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import { malformedXml, ServiceError } from '../http/service-error.ts';
import { childText, element, wrap, xmlDocument } from '../http/xml.ts';
import { parseDocument } from './body.ts';
import { type Operation, type S3Request, s3Namespace } from './context.ts';

interface KeptSetting {
  /** The query parameter. */
  readonly parameter: string;
  /** As in `PutBucket…`. */
  readonly name: string;
  /** The IAM action without `s3:Put` or `s3:Get`. */
  readonly action: string;
  readonly root: string;
  /** What is answered before anything was set; undefined for an error. */
  readonly initial?: string;
  readonly missing?: { readonly code: string; readonly message: string };
  readonly removable: boolean;
}

const settings: readonly KeptSetting[] = [
  {
    ...{ parameter: 'lifecycle', name: 'LifecycleConfiguration', action: 'LifecycleConfiguration' },
    root: 'LifecycleConfiguration',
    missing: {
      code: 'NoSuchLifecycleConfiguration',
      message: 'The lifecycle configuration does not exist',
    },
    removable: true,
  },
  {
    ...{ parameter: 'requestPayment', name: 'RequestPayment', action: 'BucketRequestPayment' },
    root: 'RequestPaymentConfiguration',
    initial: element('Payer', 'BucketOwner'),
    removable: false,
  },
  {
    ...{ parameter: 'ownershipControls', name: 'OwnershipControls', action: 'BucketOwnershipControls' },
    root: 'OwnershipControls',
    initial: wrap('Rule', element('ObjectOwnership', 'BucketOwnerEnforced')),
    removable: true,
  },
  {
    ...{ parameter: 'publicAccessBlock', name: 'PublicAccessBlock', action: 'BucketPublicAccessBlock' },
    root: 'PublicAccessBlockConfiguration',
    initial: ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets']
      .map((name) => element(name, true))
      .join(''),
    removable: true,
  },
  {
    ...{ parameter: 'tagging', name: 'Tagging', action: 'BucketTagging' },
    root: 'Tagging',
    missing: { code: 'NoSuchTagSet', message: 'The TagSet does not exist' },
    removable: true,
  },
];

function operationsOf(setting: KeptSetting): Operation[] {
  const { parameter, action, root, initial, missing } = setting;
  const name = parameter === 'publicAccessBlock' ? setting.name : `Bucket${setting.name}`;
  const common = { level: 'bucket', when: [parameter], parameters: [], headers: [], body: 'text' } as const;
  const put = ({ context, bucket, text }: S3Request): Answer => {
    // Kept as it came, once it is known to be what it says.
    const content = text.slice(text.indexOf('>', text.indexOf(`<${root}`)) + 1, text.lastIndexOf('</'));
    if (parseDocument(text, root).children.length === 0) throw malformedXml();
    context.store.bucketSettings.set(bucket, parameter, content);
    return { status: 200 };
  };
  const get = ({ context, bucket }: S3Request): Answer => {
    const content = context.store.bucketSettings.get(bucket, parameter) ?? initial;
    if (content !== undefined) return xmlAnswer(xmlDocument(root, s3Namespace, content));
    const { code = '', message = '' } = missing ?? {};
    throw new ServiceError(404, code, message, { elements: { BucketName: bucket } });
  };
  const remove = ({ context, bucket }: S3Request): Answer => {
    context.store.bucketSettings.remove(bucket, parameter);
    return { status: 204 };
  };
  return [
    { ...common, name: `Put${name}`, action: `s3:Put${action}`, method: 'PUT', run: put },
    { ...common, name: `Get${name}`, action: `s3:Get${action}`, method: 'GET', run: get },
    ...(setting.removable
      ? [
          {
            ...common,
            name: `Delete${name}`,
            action: `s3:Put${action}`,
            method: 'DELETE',
            run: remove,
          } as const,
        ]
      : []),
  ];
}

/** Who has full control is the owner, and nobody can change it. */
function getAcl({ context }: S3Request): Answer {
  const id = element('ID', context.account.id);
  const grantee = `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">${id}</Grantee>`;
  const grant = wrap('Grant', grantee, element('Permission', 'FULL_CONTROL'));
  const content = wrap('Owner', id) + wrap('AccessControlList', grant);
  return xmlAnswer(xmlDocument('AccessControlPolicy', s3Namespace, content));
}

function putAcl(): never {
  throw new ServiceError(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
}

const acl = { when: ['acl'], parameters: [], headers: ['x-amz-acl'], body: 'text' } as const;

/** Whether the caller, of another account, must say that it pays. */
export const requesterPays = ({ context, bucket }: Pick<S3Request, 'context' | 'bucket'>): boolean => {
  const content = context.store.bucketSettings.get(bucket, 'requestPayment');
  if (content === undefined) return false;
  return childText(parseDocument(`<r>${content}</r>`, 'r'), 'Payer')?.trim() === 'Requester';
};

export const keptSettingOperations: readonly Operation[] = [
  ...settings.flatMap(operationsOf),
  { ...acl, name: 'GetBucketAcl', action: 's3:GetBucketAcl', level: 'bucket', method: 'GET', run: getAcl },
  { ...acl, name: 'PutBucketAcl', action: 's3:PutBucketAcl', level: 'bucket', method: 'PUT', run: putAcl },
  { ...acl, name: 'GetObjectAcl', action: 's3:GetObjectAcl', level: 'object', method: 'GET', run: getAcl },
  { ...acl, name: 'PutObjectAcl', action: 's3:PutObjectAcl', level: 'object', method: 'PUT', run: putAcl },
];
