/** The bytes of one file, decompressed, and the proof that it stayed as it was while it was read. */
import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { SluiceError } from '../../../shared/errors.ts';
import { cancelled } from '../raised.ts';
import { changedWhileRead, fileError } from './errors.ts';
import { framePieces } from './zstd-frames.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

/** What tells a file from another one, or from itself after a change. */
export interface FileIdentity {
  readonly size: bigint;
  readonly modified: bigint;
  readonly inode: bigint;
  readonly device: bigint;
}

const readBytes = 512 * 1024;

/** @throws SluiceError SOURCE_NOT_FOUND, SOURCE_DENIED, SOURCE_UNREADABLE */
export async function identityOf(path: string): Promise<FileIdentity> {
  try {
    const found = await stat(path, { bigint: true });
    if (!found.isFile()) {
      throw new SluiceError('SOURCE_UNREADABLE', `${path} is not an ordinary file`, { details: { path } });
    }
    return identity(found);
  } catch (error) {
    throw fileError(error, path);
  }
}

const identity = ({ size, mtimeNs, ino, dev }: BigIntStats): FileIdentity => ({
  ...{ size, modified: mtimeNs, inode: ino, device: dev },
});

/** @throws SluiceError SOURCE_CHANGED where the file at this path is not what it was */
export async function refuseChange(path: string, before: FileIdentity): Promise<void> {
  const after = await identityOf(path).catch(() => null);
  if (after === null || !isSame(before, after)) throw changedWhileRead(path);
}

const isSame = (a: FileIdentity, b: FileIdentity): boolean =>
  a.size === b.size && a.modified === b.modified && a.inode === b.inode && a.device === b.device;

/** By its first bytes, not by its name. */
export async function compressionOf(path: string): Promise<Compression> {
  const head = await headOf(path, 4);
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head.length === 4 && head.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : 'none';
}

/** The first bytes of the file, as they stand there; fewer where it has fewer. */
async function headOf(path: string, bytes: number): Promise<Buffer> {
  try {
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw fileError(error, path);
  }
}

export interface FileReading {
  readonly path: string;
  /** As it was when the object was opened: anything else is refused, before and after. Absent: not compared. */
  readonly identity?: FileIdentity;
  readonly signal: AbortSignal;
}

/**
 * Reads the file once, from its beginning. Buffers may be kept by whoever takes them.
 * @throws SluiceError SOURCE_CHANGED, SOURCE_UNREADABLE (damaged compression), SOURCE_DENIED, CANCELLED
 */
export async function* bytesOf(reading: FileReading): AsyncGenerator<Buffer, void, void> {
  const { path, identity: before, signal } = reading;
  const compression = await compressionOf(path);
  try {
    await using file = await open(path, 'r');
    if (before !== undefined && !isSame(before, identity(await file.stat({ bigint: true })))) {
      throw changedWhileRead(path);
    }
    yield* compression === 'none' ? plainBytes(file, signal) : inflated(file, compression, signal);
    if (before !== undefined && !isSame(before, identity(await file.stat({ bigint: true })))) {
      throw changedWhileRead(path);
    }
  } catch (error) {
    if (signal.aborted) throw cancelled();
    // what looks like damage may be a file that was written to while it was read
    if (before !== undefined && !(error instanceof SluiceError)) await refuseChange(path, before);
    throw fileError(error, path, compression);
  }
  // another file under the same name: what was read is not what stands there
  if (before !== undefined) await refuseChange(path, before);
}

async function* plainBytes(file: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer, void, void> {
  for (;;) {
    if (signal.aborted) throw cancelled();
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafeSlow(readBytes), 0, readBytes, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* inflated(
  file: FileHandle,
  compression: Exclude<Compression, 'none'>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, void> {
  const bytes = plainBytes(file, signal);
  if (compression === 'zstd') {
    yield* unzstd(bytes);
    return;
  }
  // goes on with a second member behind the first
  const inflate = createGunzip({ chunkSize: readBytes });
  let given = 0;
  async function* counted(): AsyncGenerator<Buffer, void, void> {
    for await (const some of bytes) {
      given += some.length;
      yield some;
    }
  }
  yield* through(inflate, counted());
  // what follows a member and is none it leaves alone, though it may be a damaged member
  if (inflate.bytesWritten < given) throw trailing();
}

const trailing = (): Error =>
  Object.assign(new Error('something else follows the compressed data'), { code: 'Z_DATA_ERROR' });

async function* unzstd(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const pieces = framePieces(bytes);
  let piece = await pieces.next();
  async function* frame(): AsyncGenerator<Buffer, void, void> {
    while (piece.done !== true) {
      const { bytes: some, last } = piece.value;
      yield some;
      piece = await pieces.next();
      if (last) return;
    }
  }
  while (piece.done !== true) yield* through(createZstdDecompress({ chunkSize: readBytes }), frame());
}

async function* through(
  inflate: Transform,
  bytes: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, void> {
  const source = Readable.from(bytes, { objectMode: false });
  source.on('error', (error) => inflate.destroy(error));
  source.pipe(inflate);
  try {
    for await (const some of inflate) yield some as Buffer;
  } finally {
    source.destroy();
    inflate.destroy();
  }
}
