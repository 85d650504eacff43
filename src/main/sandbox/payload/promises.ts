/** What the headers of a request promise about its body. */
import type { AwsRequest } from '../http/request.ts';
import { invalidRequest, ServiceError } from '../http/service-error.ts';
import { type ChecksumAlgorithm, checksumHeader, checksumOfHeader, isChecksumValue } from './checksum.ts';

export interface PromisedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Absent when the value comes as a trailer. */
  readonly value: string | undefined;
}

/** What the headers say about the body. */
export interface BodyPlan {
  readonly mode: 'literal' | 'unsigned' | 'chunked';
  readonly signed: boolean;
  readonly trailing: boolean;
  readonly payloadHash: string;
  /** Decoded length in bytes. */
  readonly length: number;
}

/** The header, or what a presigned URL implies. @throws ServiceError InvalidRequest */
export function payloadHashOf(request: AwsRequest): string {
  const declared = request.header('x-amz-content-sha256');
  if (declared !== undefined) return declared;
  if (request.parameters.has('X-Amz-Signature')) return 'UNSIGNED-PAYLOAD';
  throw invalidRequest('Missing required header for this request: x-amz-content-sha256');
}

const missingLength = (): ServiceError =>
  new ServiceError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');

function declaredLength(request: AwsRequest, chunked: boolean): number {
  const text = request.header(chunked ? 'x-amz-decoded-content-length' : 'content-length');
  if (text === undefined) {
    // No length and no chunks is how HTTP says that there is no body.
    if (!chunked && request.header('transfer-encoding') === undefined) return 0;
    throw missingLength();
  }
  if (!/^\d{1,15}$/.test(text)) throw missingLength();
  return Number(text);
}

export function planBody(request: AwsRequest): BodyPlan {
  const payloadHash = payloadHashOf(request);
  const streaming = /^STREAMING-(UNSIGNED-PAYLOAD|AWS4-HMAC-SHA256-PAYLOAD)(-TRAILER)?$/.exec(payloadHash);
  const signed = streaming?.[1] === 'AWS4-HMAC-SHA256-PAYLOAD';
  const trailing = streaming?.[2] !== undefined;
  const literal = /^[0-9a-f]{64}$/.test(payloadHash);
  if (!literal && payloadHash !== 'UNSIGNED-PAYLOAD' && (streaming === null || !(signed || trailing))) {
    throw new ServiceError(
      400,
      'InvalidArgument',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    );
  }
  const mode = streaming === null ? (literal ? 'literal' : 'unsigned') : 'chunked';
  return { mode, signed, trailing, payloadHash, length: declaredLength(request, mode === 'chunked') };
}

export function promisedChecksum(request: AwsRequest, trailing: boolean): PromisedChecksum | undefined {
  const promised: PromisedChecksum[] = [];
  for (const [name, values] of request.headers) {
    const algorithm = checksumOfHeader(name);
    if (algorithm !== undefined) promised.push({ algorithm, value: values.join(',') });
  }
  const trailer = request.header('x-amz-trailer');
  if (trailing && trailer !== undefined) {
    const algorithm = checksumOfHeader(trailer.trim());
    if (algorithm === undefined) {
      throw invalidRequest('The value specified in the x-amz-trailer header is not supported');
    }
    promised.push({ algorithm, value: undefined });
  }
  const [first, second] = promised;
  if (second !== undefined) {
    throw invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  if (first?.value !== undefined) checkValue(first.algorithm, first.value);
  return first;
}

export function checkValue(algorithm: ChecksumAlgorithm, value: string): void {
  if (!isChecksumValue(algorithm, value)) {
    throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
}

export function promisedMd5(request: AwsRequest): Buffer | undefined {
  const text = request.header('content-md5');
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 16) {
    throw new ServiceError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  }
  return bytes;
}
