/** Reads lines and counted bytes from a stream of chunks, holding no more than one chunk and one line. */
import { incompleteBody } from '../http/service-error.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;

export class ByteReader {
  private readonly source: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** Makes `rest` non-empty; false at the end of the source. */
  private async fill(): Promise<boolean> {
    while (this.rest.length === 0) {
      const next = await this.source.next();
      if (next.done === true) return false;
      this.rest = next.value;
    }
    return true;
  }

  /**
   * A line without its CRLF.
   * @param limit the most bytes that a line may have
   * @throws ServiceError IncompleteBody at the end of the source, or when the line does not end in time
   */
  async line(limit: number): Promise<string> {
    const pieces: Buffer[] = [];
    let length = 0;
    while (await this.fill()) {
      const at = this.rest.indexOf(newline);
      const piece = at === -1 ? this.rest : this.rest.subarray(0, at);
      length += piece.length;
      if (length > limit) break;
      pieces.push(piece);
      if (at === -1) {
        this.rest = Buffer.alloc(0);
        continue;
      }
      this.rest = this.rest.subarray(at + 1);
      const line = Buffer.concat(pieces);
      if (line.at(-1) !== carriageReturn) break;
      return line.subarray(0, -1).toString('latin1');
    }
    throw incompleteBody('The request body terminated unexpectedly');
  }

  /** 1 to `count` bytes. @throws ServiceError IncompleteBody at the end of the source */
  async some(count: number): Promise<Buffer> {
    if (!(await this.fill())) throw incompleteBody('The request body terminated unexpectedly');
    const bytes = this.rest.subarray(0, count);
    this.rest = this.rest.subarray(bytes.length);
    return bytes;
  }

  async atEnd(): Promise<boolean> {
    return !(await this.fill());
  }

  /** Lets go of the source, so that somebody else can read what is left of it. */
  async release(): Promise<void> {
    await this.source.return?.();
  }
}
