/** A file under construction: it disappears unless it was renamed into its place. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Bytes gathered for one write: each write is a trip through the thread pool, which a load in the same process
 * keeps busy with compression.
 */
const gatherBytes = 1024 ** 2;

export class TemporaryFile implements AsyncDisposable {
  readonly path: string;
  private handle: FileHandle | undefined;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.handle = handle;
  }

  static async create(folder: string): Promise<TemporaryFile> {
    const path = join(folder, randomUUID());
    return new TemporaryFile(path, await open(path, 'wx'));
  }

  /** Appends the chunk, which is kept by reference; rejects with the system's error, e.g. ENOSPC. */
  async write(chunk: Uint8Array): Promise<void> {
    this.waiting.push(chunk);
    this.waitingBytes += chunk.length;
    if (this.waitingBytes >= gatherBytes) await this.flush();
  }

  private async flush(): Promise<void> {
    if (this.handle === undefined) throw new Error('the temporary file is closed');
    let chunks = this.waiting;
    let left = this.waitingBytes;
    this.waiting = [];
    this.waitingBytes = 0;
    while (left > 0) {
      const { bytesWritten } = await this.handle.writev(chunks);
      left -= bytesWritten;
      // A disk that is nearly full takes a part; trying the rest brings its error to light.
      if (left > 0) chunks = [Buffer.concat(chunks).subarray(bytesWritten)];
    }
  }

  /** Writes what is left and ends the writing; the file stays until it is disposed of. */
  async close(): Promise<void> {
    await this.flush();
    await this.release();
  }

  private async release(): Promise<void> {
    const handle = this.handle;
    this.handle = undefined;
    await handle?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.release();
    } finally {
      await rm(this.path, { force: true });
    }
  }
}
