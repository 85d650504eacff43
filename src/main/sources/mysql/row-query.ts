/**
 * A query as chunks of CSV that end at a row end. Fields go from the packets of the server to the chunk byte by
 * byte, without a JavaScript value in between.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset_row.html
 */
import { SluiceError } from '../../../shared/errors.ts';
import type { CsvChunk } from '../source.ts';
import { type Connection, type Packet, queryRaw } from './driver.ts';
import type { FieldEncoder } from './encode.ts';

/** Bytes of an ordinary chunk; only a single longer row makes a longer one. */
export const chunkBytes = 1024 * 1024;

const comma = 0x2c;
const lineFeed = 0x0a;
/** What a field of eight bytes can take: the 64 digits of a BIT(64). */
const smallField = 72;
/** A vector has up to 16 characters for the four bytes of a number; other fields double at most. */
const growth = 4;

/**
 * Reads one query. The socket is paused while a chunk waits to be taken, so at most two chunks and what the
 * socket has handed over at once are in memory.
 */
export class RowQuery {
  /** Settles, and never rejects, when the connection is free again or lost. */
  readonly settled: Promise<void>;
  readonly #connection: Connection;
  readonly #encoders: readonly FieldEncoder[];
  #running = true;
  #settle: () => void = () => undefined;

  #chunk = Buffer.alloc(0);
  #filled = 0;
  #rows = 0;

  readonly #ready: CsvChunk[] = [];
  #waiter: { resolve(chunk: CsvChunk | null): void; reject(error: unknown): void } | null = null;
  #ended = false;
  #failure: { readonly error: unknown } | null = null;

  /** Sends the query. `encoders` has one for each column of its result. */
  constructor(connection: Connection, sql: string, encoders: readonly FieldEncoder[]) {
    this.#connection = connection;
    this.#encoders = encoders;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    queryRaw(connection, sql, this.#takeRow, this.#end);
  }

  /** True until `settled`. */
  get running(): boolean {
    return this.#running;
  }

  /** The next chunk, or null at the end. One call at a time. */
  next(): Promise<CsvChunk | null> {
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    const chunk = this.#ready.shift();
    if (chunk !== undefined) {
      if (this.#ready.length === 0) this.#connection.stream.resume();
      return Promise.resolve(chunk);
    }
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  /** Lets everything go that is still to come; `next` fails with `error`. The server is not told. */
  abandon(error: unknown): void {
    if (this.#ended || this.#failure !== null) return;
    this.#failure = { error };
    this.#ready.length = 0;
    this.#chunk = Buffer.alloc(0);
    this.#waiter?.reject(error);
    this.#waiter = null;
    this.#connection.stream.resume();
  }

  #takeRow = (packet: Packet): void => {
    if (this.#failure !== null) return;
    try {
      this.#encode(packet);
    } catch (error) {
      this.abandon(error);
    }
  };

  #encode({ buffer, offset, end }: Packet): void {
    const columns = this.#encoders.length;
    this.#makeRoom((end - offset) * growth + columns * smallField);
    const target = this.#chunk;
    let from = offset;
    let at = this.#filled;
    for (let column = 0; column < columns; column += 1) {
      if (column > 0) target[at++] = comma;
      const first = buffer[from] ?? 0;
      if (first === nullField) {
        from += 1;
        continue;
      }
      // nearly every field is shorter than 251 bytes, and says so in one
      const start = first < nullField ? from + 1 : from + lengthBytes(first);
      const length = first < nullField ? first : readLength(buffer, from);
      from = start + length;
      if (from > end) throw brokenProtocol();
      const encode = this.#encoders[column];
      if (encode !== undefined) at = encode(buffer, start, from, target, at);
    }
    if (from !== end) throw brokenProtocol();
    target[at++] = lineFeed;
    this.#filled = at;
    this.#rows += 1;
    if (at >= chunkBytes) this.#closeChunk();
  }

  /** A row always lies in one chunk: the chunk before it is closed where it may not fit. */
  #makeRoom(length: number): void {
    if (this.#filled + length <= this.#chunk.length) return;
    this.#closeChunk();
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(chunkBytes, length));
  }

  #closeChunk(): void {
    if (this.#rows === 0) return;
    const chunk = { bytes: this.#chunk.subarray(0, this.#filled), rows: this.#rows };
    this.#filled = 0;
    this.#rows = 0;
    this.#chunk = Buffer.alloc(0);
    if (this.#waiter !== null) {
      this.#waiter.resolve(chunk);
      this.#waiter = null;
      return;
    }
    this.#ready.push(chunk);
    this.#connection.stream.pause();
  }

  #end = (error: Error | null): void => {
    if (this.#failure === null) {
      if (error === null) this.#finish();
      else this.abandon(error);
    }
    this.#running = false;
    this.#connection.stream.resume();
    this.#settle();
  };

  #finish(): void {
    this.#closeChunk();
    this.#ended = true;
    this.#waiter?.resolve(null);
    this.#waiter = null;
  }
}

const nullField = 0xfb;

/** How many bytes the length of a field takes, its first included. */
function lengthBytes(first: number): number {
  if (first === 0xfc) return 3;
  if (first === 0xfd) return 4;
  if (first === 0xfe) return 9;
  throw brokenProtocol();
}

function readLength(buffer: Buffer, at: number): number {
  const first = buffer[at];
  if (first === 0xfc) return buffer.readUInt16LE(at + 1);
  if (first === 0xfd) return buffer.readUIntLE(at + 1, 3);
  return Number(buffer.readBigUInt64LE(at + 1));
}

/** What arrives is not what a MySQL server sends: nothing of it can be trusted any more. */
const brokenProtocol = (): SluiceError =>
  new SluiceError('SOURCE_LOST', 'The server broke the rules of the MySQL protocol');
