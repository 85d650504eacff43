/**
 * The body of a request, as a stream that is checked to its last byte. Whoever takes it must not publish
 * anything before `receive` has returned: it throws when the body is not what the headers promised.
 */
import { createHash } from 'node:crypto';
import type { AwsRequest } from '../http/request.ts';
import { badDigest, ClientGone, incompleteBody, ServiceError } from '../http/service-error.ts';
import type { ChunkSigner } from '../sigv4/authenticate.ts';
import { decodeChunked } from './aws-chunked.ts';
import { type ChecksumAlgorithm, checksumHeader, type RunningChecksum, startChecksum } from './checksum.ts';
import {
  type BodyPlan,
  checkValue,
  type PromisedChecksum,
  planBody,
  promisedChecksum,
  promisedMd5,
} from './promises.ts';

/** 5 GiB: the most that one PutObject or UploadPart may carry. */
export const maxBodyBytes = 5 * 1024 ** 3;

export interface Received {
  /** Decoded bytes. */
  readonly size: number;
  readonly md5: Buffer;
  /** What was asked for with `compute`, and what the client sent along and turned out right; base64. */
  readonly checksums: ReadonlyMap<ChecksumAlgorithm, string>;
  /** The algorithm that the client sent a value of. */
  readonly declared: ChecksumAlgorithm | undefined;
}

/** The raw bytes. Leaving early keeps the socket, so that the refusal can still be answered. */
async function* rawBody(request: AwsRequest): AsyncGenerator<Buffer> {
  try {
    yield* request.incoming.iterator({ destroyOnReturn: false });
  } catch (cause) {
    throw new ClientGone('The client went away before its body was complete', { cause });
  }
}

/** What the bytes turned out to be, against what the headers and trailers promised. */
class BodyCheck {
  private readonly running = new Map<ChecksumAlgorithm, RunningChecksum>();
  private readonly md5 = createHash('md5');
  private readonly sha256;
  private readonly promised: PromisedChecksum | undefined;
  private readonly wantedMd5: Buffer | undefined;
  private readonly plan: BodyPlan;
  private size = 0;
  trailers: ReadonlyMap<string, string> = new Map();

  constructor(
    plan: BodyPlan,
    compute: readonly ChecksumAlgorithm[],
    promised: PromisedChecksum | undefined,
    wantedMd5: Buffer | undefined,
  ) {
    this.plan = plan;
    this.promised = promised;
    this.wantedMd5 = wantedMd5;
    this.sha256 = plan.mode === 'literal' ? createHash('sha256') : undefined;
    const algorithms = promised === undefined ? compute : [...compute, promised.algorithm];
    for (const algorithm of algorithms) this.running.set(algorithm, startChecksum(algorithm));
  }

  update(chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > this.plan.length) throw incompleteBody();
    this.md5.update(chunk);
    this.sha256?.update(chunk);
    for (const checksum of this.running.values()) checksum.update(chunk);
  }

  finish(): Received {
    if (this.size !== this.plan.length) throw incompleteBody();
    if (this.sha256 !== undefined && this.sha256.digest('hex') !== this.plan.payloadHash) {
      throw new ServiceError(
        400,
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
    const md5 = this.md5.digest();
    if (this.wantedMd5 !== undefined && !this.wantedMd5.equals(md5)) {
      throw badDigest('The Content-MD5 you specified did not match what we received.');
    }
    const checksums = new Map<ChecksumAlgorithm, string>();
    for (const [algorithm, checksum] of this.running) {
      checksums.set(algorithm, checksum.digest().toString('base64'));
    }
    this.checkPromise(checksums);
    return { size: this.size, md5, checksums, declared: this.promised?.algorithm };
  }

  private checkPromise(checksums: ReadonlyMap<ChecksumAlgorithm, string>): void {
    if (this.promised === undefined) return;
    const { algorithm } = this.promised;
    const value = this.promised.value ?? this.trailers.get(checksumHeader(algorithm));
    if (value === undefined) {
      throw new ServiceError(
        400,
        'MalformedTrailerError',
        'The request contained trailing data that was not well-formed or did not conform to our published schema.',
      );
    }
    checkValue(algorithm, value);
    if (checksums.get(algorithm) !== value) {
      throw badDigest(`The ${algorithm} you specified did not match the calculated checksum.`);
    }
  }
}

export interface ReceiveOptions {
  readonly signer: ChunkSigner;
  /** Checksums wanted whether or not the client sent them. */
  readonly compute?: readonly ChecksumAlgorithm[];
  /** One that is wanted where the client sent none. */
  readonly byDefault?: ChecksumAlgorithm;
  /** The most decoded bytes; 5 GiB when absent. */
  readonly limit?: number;
  /** True where x-amz-checksum-* speaks of something else than this body: CompleteMultipartUpload. */
  readonly foreignChecksum?: boolean;
}

/**
 * Hands each chunk to `sink`, waiting for it, so that a slow disk slows the client.
 * @throws ServiceError when the body is not what was promised; ClientGone when it never came
 */
export async function receive(
  request: AwsRequest,
  { signer, compute = [], byDefault, limit = maxBodyBytes, foreignChecksum = false }: ReceiveOptions,
  sink: (chunk: Buffer) => Promise<void>,
): Promise<Received> {
  const plan = planBody(request);
  if (plan.length > limit) {
    throw new ServiceError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      elements: { ProposedSize: String(plan.length), MaxSizeAllowed: String(limit) },
    });
  }
  const promised = foreignChecksum ? undefined : promisedChecksum(request, plan.trailing);
  const wanted = promised === undefined && byDefault !== undefined ? [...compute, byDefault] : compute;
  const check = new BodyCheck(plan, wanted, promised, promisedMd5(request));
  const raw = rawBody(request);
  const body =
    plan.mode === 'chunked'
      ? decodeChunked(raw, {
          signer: plan.signed ? signer : undefined,
          trailing: plan.trailing,
          onTrailers: (trailers) => {
            check.trailers = trailers;
          },
        })
      : raw;
  for await (const chunk of body) {
    check.update(chunk);
    await sink(chunk);
  }
  return check.finish();
}

/** A small body as a whole, e.g. an XML document. */
export async function receiveText(request: AwsRequest, options: ReceiveOptions): Promise<string> {
  const chunks: Buffer[] = [];
  await receive(request, options, async (chunk) => {
    chunks.push(chunk);
  });
  return Buffer.concat(chunks).toString('utf8');
}

/** A small body that nothing was checked of. @throws ServiceError when it is longer than `limit` bytes */
export async function readUnchecked(request: AwsRequest, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of rawBody(request)) {
    size += chunk.length;
    if (size > limit) throw new ServiceError(413, 'RequestEntityTooLarge', 'The request body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
