/** The S3 side of the sandbox: from a request to an operation that is ready to run. */

import type { Permit } from '../authorize.ts';
import type { Answer } from '../http/answer.ts';
import type { AwsRequest } from '../http/request.ts';
import { accessDenied, invalidRequest, ServiceError } from '../http/service-error.ts';
import { element, xmlDocument } from '../http/xml.ts';
import type { Caller } from '../identity/caller.ts';
import { hostId } from '../identity/ids.ts';
import { payloadHashOf } from '../payload/promises.ts';
import { receiveText } from '../payload/receive.ts';
import type { PreparedCall, Service } from '../service.ts';
import { type Authenticated, type Authenticator, authenticate } from '../sigv4/authenticate.ts';
import type { Operation, S3Context } from './context.ts';
import { requesterPays } from './kept-settings.ts';
import { maxKeyBytes } from './names.ts';
import { redirectAway } from './regions.ts';
import { requestContextOf } from './request-context.ts';
import { routeOf, type Target, targetOf } from './router.ts';

/** Room for CompleteMultipartUpload with 10,000 parts and DeleteObjects with 1,000 long keys. */
const maxDocumentBytes = 8 * 1024 ** 2;

function resourceOf(operation: Operation, { bucket, key }: Target): string {
  if (operation.level === 'service') return '*';
  if (operation.level === 'object') return `arn:aws:s3:::${bucket}/${key}`;
  return `arn:aws:s3:::${bucket}`;
}

function checkTarget(operation: Operation, target: Target, request: AwsRequest, context: S3Context): void {
  if (Buffer.byteLength(target.key) > maxKeyBytes) {
    throw new ServiceError(400, 'KeyTooLongError', 'Your key is too long', {
      elements: { Size: String(Buffer.byteLength(target.key)), MaxSizeAllowed: String(maxKeyBytes) },
    });
  }
  if (operation.level === 'service' || operation.anyBucket === true) return;
  if (!context.store.objects.hasBucket(target.bucket)) {
    throw new ServiceError(404, 'NoSuchBucket', 'The specified bucket does not exist', {
      elements: { BucketName: target.bucket },
    });
  }
  redirectAway(operation, context.store, target.bucket, context.region);
  const owner = request.header('x-amz-expected-bucket-owner');
  if (owner !== undefined && owner !== context.account.id) throw accessDenied();
}

/** Of a bucket whose requester pays, strangers must say that they do. @throws ServiceError AccessDenied */
function refuseUnpaid(request: AwsRequest, { bucket }: Target, caller: Caller, context: S3Context): void {
  if (caller.accountId === context.account.id || !requesterPays({ context, bucket })) return;
  if (request.header('x-amz-request-payer') !== 'requester') throw accessDenied();
}

async function run(
  operation: Operation,
  target: Target,
  request: AwsRequest,
  { caller, signer }: Authenticated,
  context: S3Context,
  permit: Permit,
): Promise<Answer> {
  const text =
    operation.body === 'text'
      ? await receiveText(request, { ...operation.receive, signer, limit: maxDocumentBytes })
      : '';
  return operation.run({ context, request, signer, caller, permit, ...target, text });
}

function prepare(request: AwsRequest, context: S3Context, authenticator: Authenticator): PreparedCall {
  // Strangers get AccessDenied before they are told what else is wrong with their request.
  const signed = request.header('authorization') !== undefined || request.parameters.has('X-Amz-Signature');
  const outdated =
    /^AWS /.test(request.header('authorization') ?? '') || request.parameters.has('AWSAccessKeyId');
  if (outdated) {
    throw invalidRequest(
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    );
  }
  if (!signed) throw accessDenied();
  const authenticated = authenticate(request, 's3', payloadHashOf(request), authenticator);
  const target = targetOf(request);
  const operation = routeOf(request, target);
  const { bucket, key } = target;
  // As AWS: a bucket that does not exist is told to everybody who is somebody.
  checkTarget(operation, target, request, context);
  return {
    call: {
      service: 's3',
      operation: operation.name,
      action: operation.action,
      resource: resourceOf(operation, target),
      ...(operation.perKey === true ? { permitLater: true } : {}),
      ...(operation.also === undefined ? {} : { also: operation.also(request) }),
      context: requestContextOf(request),
      ...(bucket === '' ? {} : { bucket }),
      ...(key === '' ? {} : { key }),
      caller: authenticated.caller,
    },
    run: (permit) => {
      refuseUnpaid(request, target, authenticated.caller, context);
      return run(operation, target, request, authenticated, context, permit);
    },
  };
}

function errorAnswer({ status, code, message, extras }: ServiceError, request: AwsRequest): Answer {
  const elements = Object.entries(extras.elements ?? {}).map(([name, value]) => element(name, value));
  const content = [
    element('Code', code),
    element('Message', message),
    ...elements,
    element('Resource', request.path),
    element('RequestId', request.id),
  ];
  return {
    status,
    headers: { 'content-type': 'application/xml', ...extras.headers },
    body: xmlDocument('Error', undefined, content.join('')),
  };
}

export function createS3(context: S3Context, authenticator: Authenticator): Service {
  return {
    prepare: async (request) => prepare(request, context, authenticator),
    errorAnswer,
    answerHeaders: (request) => ({ 'x-amz-request-id': request.id, 'x-amz-id-2': hostId() }),
  };
}
