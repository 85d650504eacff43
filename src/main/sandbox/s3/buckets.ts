/** The operations on buckets themselves. */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import { malformedXml, notImplemented, ServiceError } from '../http/service-error.ts';
import { childText, element, wrap, xmlDocument } from '../http/xml.ts';
import { parseDocument } from './body.ts';
import { type Operation, type S3Request, s3Namespace } from './context.ts';
import { isBucketName } from './names.ts';

/** The region that has no name in GetBucketLocation and none in CreateBucket. */
const unnamedRegion = 'us-east-1';

function checkLocation(text: string, region: string): void {
  let wanted: string | undefined;
  if (text !== '') {
    const root = parseDocument(text, 'CreateBucketConfiguration');
    const unknown = root.children.find((child) => child.name !== 'LocationConstraint');
    if (unknown !== undefined) throw notImplemented(`${unknown.name} in CreateBucket`);
    wanted = childText(root, 'LocationConstraint');
    if (wanted === undefined) throw malformedXml();
  }
  const expected = region === unnamedRegion ? undefined : region;
  if (wanted === expected) return;
  throw new ServiceError(
    400,
    'IllegalLocationConstraintException',
    `The ${wanted ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

function createBucket({ context, bucket, text }: S3Request): Answer {
  if (!isBucketName(bucket)) {
    throw new ServiceError(400, 'InvalidBucketName', 'The specified bucket is not valid.', {
      elements: { BucketName: bucket },
    });
  }
  checkLocation(text, context.region);
  if (!context.store.objects.createBucket(bucket, context.now().getTime())) {
    throw new ServiceError(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      { elements: { BucketName: bucket } },
    );
  }
  return { status: 200, headers: { location: `/${bucket}` } };
}

const headBucket = ({ context }: S3Request): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml', 'x-amz-bucket-region': context.region },
});

function listBuckets({ context, caller }: S3Request): Answer {
  const buckets = context.store.objects
    .buckets()
    .map(({ name, created }) =>
      wrap('Bucket', element('Name', name), element('CreationDate', new Date(created).toISOString())),
    );
  const owner = wrap('Owner', element('ID', caller.accountId));
  return xmlAnswer(xmlDocument('ListAllMyBucketsResult', s3Namespace, owner + wrap('Buckets', ...buckets)));
}

function getBucketLocation({ context }: S3Request): Answer {
  const region = context.region === unnamedRegion ? '' : context.region;
  return xmlAnswer(xmlDocument('LocationConstraint', s3Namespace, region));
}

const common = { when: [], parameters: [], headers: [], body: 'text' } as const;

export const bucketOperations: readonly Operation[] = [
  {
    ...common,
    name: 'ListBuckets',
    action: 's3:ListAllMyBuckets',
    level: 'service',
    method: 'GET',
    run: listBuckets,
  },
  {
    ...common,
    name: 'CreateBucket',
    action: 's3:CreateBucket',
    level: 'bucket',
    method: 'PUT',
    headers: ['x-amz-acl'],
    anyBucket: true,
    run: createBucket,
  },
  {
    ...common,
    name: 'HeadBucket',
    action: 's3:ListBucket',
    level: 'bucket',
    method: 'HEAD',
    run: headBucket,
  },
  {
    ...common,
    name: 'GetBucketLocation',
    action: 's3:GetBucketLocation',
    level: 'bucket',
    method: 'GET',
    when: ['location'],
    run: getBucketLocation,
  },
];
