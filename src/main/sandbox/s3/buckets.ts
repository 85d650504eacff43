/** The operations on buckets themselves. */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import { malformedXml, notImplemented, ServiceError } from '../http/service-error.ts';
import { childText, element, wrap, xmlDocument } from '../http/xml.ts';
import { parseDocument } from './body.ts';
import { type Operation, type S3Request, s3Namespace } from './context.ts';
import { enableLock } from './lock.ts';
import { isBucketName } from './names.ts';
import { regionOf, setRegion } from './regions.ts';
import { enableVersioning } from './versioning.ts';

/** The region that has no name in GetBucketLocation and none in CreateBucket. */
const unnamedRegion = 'us-east-1';

/** The region that a new bucket is wanted in. @throws ServiceError IllegalLocationConstraintException */
function wantedRegion(text: string, region: string): string {
  let wanted: string | undefined;
  if (text !== '') {
    const root = parseDocument(text, 'CreateBucketConfiguration');
    const unknown = root.children.find((child) => child.name !== 'LocationConstraint');
    if (unknown !== undefined) throw notImplemented(`${unknown.name} in CreateBucket`);
    wanted = childText(root, 'LocationConstraint')?.trim();
    if (wanted === undefined) throw malformedXml();
    if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(wanted) || wanted === unnamedRegion) {
      throw new ServiceError(
        400,
        'InvalidLocationConstraint',
        'The specified location-constraint is not valid',
        { elements: { LocationConstraint: wanted } },
      );
    }
  }
  // The endpoint of us-east-1 makes buckets anywhere; that of another region only its own.
  if (region === unnamedRegion) return wanted ?? unnamedRegion;
  if (wanted === region) return region;
  throw new ServiceError(
    400,
    'IllegalLocationConstraintException',
    `The ${wanted ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

function createBucket({ context, request, bucket, text }: S3Request): Answer {
  if (!isBucketName(bucket)) {
    throw new ServiceError(400, 'InvalidBucketName', 'The specified bucket is not valid.', {
      elements: { BucketName: bucket },
    });
  }
  const region = wantedRegion(text, context.region);
  const { store } = context;
  if (!store.objects.createBucket(bucket, context.now().getTime())) {
    // As S3 does in its oldest region, and only there.
    if (region === unnamedRegion && regionOf(store, bucket, context.region) === unnamedRegion) {
      return { status: 200, headers: { location: `/${bucket}` } };
    }
    throw new ServiceError(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      { elements: { BucketName: bucket } },
    );
  }
  setRegion(store, bucket, region, context.region);
  if (request.header('x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true') {
    enableVersioning(store, bucket);
    enableLock(store, bucket);
  }
  return { status: 200, headers: { location: `/${bucket}` } };
}

/** @throws ServiceError BucketNotEmpty */
function deleteBucket({ context, bucket }: S3Request): Answer {
  const { objects, versions, uploads } = context.store;
  if (objects.scan(bucket, Buffer.alloc(0), 1).length > 0 || !versions.isEmpty(bucket)) {
    const all = versions.isEmpty(bucket) ? '' : ' You must delete all versions in the bucket.';
    throw new ServiceError(409, 'BucketNotEmpty', `The bucket you tried to delete is not empty.${all}`, {
      elements: { BucketName: bucket },
    });
  }
  for (const { id } of uploads.ofBucket(bucket)) uploads.remove(id);
  context.bucketPolicies.remove(bucket);
  objects.removeBucket(bucket);
  return { status: 204 };
}

const headBucket = ({ context, bucket }: S3Request): Answer => ({
  status: 200,
  headers: {
    'content-type': 'application/xml',
    'x-amz-bucket-region': regionOf(context.store, bucket, context.region),
  },
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

function getBucketLocation({ context, bucket }: S3Request): Answer {
  const region = regionOf(context.store, bucket, context.region);
  return xmlAnswer(xmlDocument('LocationConstraint', s3Namespace, region === unnamedRegion ? '' : region));
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
    headers: ['x-amz-acl', 'x-amz-bucket-object-lock-enabled', 'x-amz-object-ownership'],
    anyBucket: true,
    run: createBucket,
  },
  {
    ...common,
    name: 'DeleteBucket',
    action: 's3:DeleteBucket',
    level: 'bucket',
    method: 'DELETE',
    run: deleteBucket,
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
