/** A file under construction: it disappears unless it was renamed into its place. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

export class TemporaryFile implements AsyncDisposable {
  readonly path: string;
  private handle: FileHandle | undefined;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.handle = handle;
  }

  static async create(folder: string): Promise<TemporaryFile> {
    const path = join(folder, randomUUID());
    return new TemporaryFile(path, await open(path, 'wx'));
  }

  /** Appends the whole chunk; rejects with the system's error, e.g. ENOSPC. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.handle === undefined) throw new Error('the temporary file is closed');
    for (let offset = 0; offset < chunk.length; ) {
      const { bytesWritten } = await this.handle.write(chunk, offset);
      offset += bytesWritten;
    }
  }

  /** Ends the writing; the file stays until it is disposed of. */
  async close(): Promise<void> {
    const handle = this.handle;
    this.handle = undefined;
    await handle?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.close();
    } finally {
      await rm(this.path, { force: true });
    }
  }
}
