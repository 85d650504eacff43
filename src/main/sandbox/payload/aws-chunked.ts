/**
 * The content encoding `aws-chunked`: `SIZE[;chunk-signature=HEX]\r\n DATA \r\n … 0 … [trailers] \r\n`, decoded as
 * a stream. Source: AWS's "Signature calculations for the Authorization header: transferring payload in
 * multiple chunks" and "… including trailing headers".
 */
import { createHash } from 'node:crypto';
import { incompleteBody, ServiceError } from '../http/service-error.ts';
import { type ChunkSigner, sameText } from '../sigv4/authenticate.ts';
import { emptySha256, scopeText, sha256Hex, sign } from '../sigv4/signature.ts';
import { ByteReader } from './byte-reader.ts';

/** Long enough for a size, a signature or a trailer; a longer line is no framing. */
const maxLine = 1024;
const maxTrailers = 8;

export interface ChunkedOptions {
  /** Present when the chunks are signed. */
  readonly signer: ChunkSigner | undefined;
  /** Called once, at the end, with the trailing headers in lower case. */
  readonly onTrailers: (trailers: ReadonlyMap<string, string>) => void;
  /** Whether trailing headers were announced. */
  readonly trailing: boolean;
}

const signatureMismatch = (): ServiceError =>
  new ServiceError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  );

const malformedTrailer = (): ServiceError =>
  new ServiceError(
    400,
    'MalformedTrailerError',
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  );

/** The chain of signatures: each one covers the one before it. */
class SignatureChain {
  private readonly signer: ChunkSigner;
  private previous: string;

  constructor(signer: ChunkSigner) {
    this.signer = signer;
    this.previous = signer.seed;
  }

  check(kind: 'PAYLOAD' | 'TRAILER', claimed: string | undefined, hashes: readonly string[]): void {
    const { key, scope, timestamp } = this.signer;
    const text = [`AWS4-HMAC-SHA256-${kind}`, timestamp, scopeText(scope), this.previous, ...hashes];
    const expected = sign(key, text.join('\n'));
    if (claimed === undefined || !sameText(claimed, expected)) throw signatureMismatch();
    this.previous = expected;
  }
}

function parseChunkHeader(line: string): { size: number; signature: string | undefined } {
  const match = /^([0-9a-fA-F]{1,11})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
  if (match?.[1] === undefined) throw incompleteBody('The chunk header of the aws-chunked body is malformed');
  return { size: Number.parseInt(match[1], 16), signature: match[2] };
}

async function readTrailers(
  reader: ByteReader,
  chain: SignatureChain | undefined,
): Promise<Map<string, string>> {
  const trailers = new Map<string, string>();
  let signature: string | undefined;
  let covered = '';
  for (let line = await reader.line(maxLine); line !== ''; line = await reader.line(maxLine)) {
    const at = line.indexOf(':');
    if (at < 1 || trailers.size >= maxTrailers) throw malformedTrailer();
    const name = line.slice(0, at).trim().toLowerCase();
    const value = line.slice(at + 1).trim();
    if (name === 'x-amz-trailer-signature') signature = value;
    else {
      trailers.set(name, value);
      covered += `${name}:${value}\n`;
    }
  }
  chain?.check('TRAILER', signature, [sha256Hex(covered)]);
  return trailers;
}

async function* readChunks(reader: ByteReader, chain: SignatureChain | undefined): AsyncGenerator<Buffer> {
  for (;;) {
    const { size, signature } = parseChunkHeader(await reader.line(maxLine));
    const hash = chain === undefined ? undefined : createHash('sha256');
    for (let left = size; left > 0; ) {
      const bytes = await reader.some(left);
      hash?.update(bytes);
      left -= bytes.length;
      yield bytes;
    }
    if (hash !== undefined) chain?.check('PAYLOAD', signature, [emptySha256, hash.digest('hex')]);
    if (size === 0) return;
    if ((await reader.line(1)) !== '') throw incompleteBody('A chunk is longer than its header says');
  }
}

/** @throws ServiceError IncompleteBody, SignatureDoesNotMatch, MalformedTrailerError */
export async function* decodeChunked(
  source: AsyncIterable<Buffer>,
  { signer, trailing, onTrailers }: ChunkedOptions,
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(source);
  const chain = signer === undefined ? undefined : new SignatureChain(signer);
  try {
    yield* readChunks(reader, chain);
    if (trailing) onTrailers(await readTrailers(reader, chain));
    else if ((await reader.line(maxLine)) !== '') throw malformedTrailer();
    if (!(await reader.atEnd())) throw incompleteBody('There are bytes after the last chunk');
  } finally {
    await reader.release();
  }
}
