/**
 * `COPY … TO STDOUT` as chunks that end at a row end. The server sends one CopyData message a row, so the
 * rows are counted and cut by message headers alone: no byte of the CSV is looked at, and nothing is
 * allocated per row.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY
 */
import type pg from 'pg';
import { SluiceError } from '../../../shared/errors.ts';
import type { CsvChunk } from '../source.ts';

/** Bytes of an ordinary chunk; only a single longer row makes a longer one. */
export const chunkBytes = 1024 * 1024;

const headerBytes = 5;
const lineFeed = 0x0a;
const copyData = 0x64; // d
const copyDone = 0x63; // c
const errorResponse = 0x45; // E
/** NoticeResponse, ParameterStatus, NotificationResponse, CopyOutResponse: they may stand among the rows. */
const passing: ReadonlySet<number> = new Set([0x4e, 0x53, 0x41, 0x48]);

type DataListener = (bytes: Buffer) => void;

/**
 * A statement for `client.query`. While it runs it reads the socket in the place of pg's parser and gives
 * that parser every byte that is no row. The socket is paused while a chunk waits to be taken.
 */
export class CopyOut implements pg.Submittable {
  /** Settles, and never rejects, when the connection is free again or lost. */
  readonly settled: Promise<void>;
  readonly #sql: string;
  #settle: () => void = () => undefined;
  #running = false;
  #connection: pg.Connection | null = null;
  #parser: DataListener | null = null;

  #chunk = Buffer.alloc(0);
  #filled = 0;
  #chunkRows = 0;
  #rows = 0;

  #header = Buffer.alloc(headerBytes);
  #headerFilled = 0;
  /** Bytes of the current row that are still to come. */
  #rowLeft = 0;
  /** Bytes of a passing message that are still to come. */
  #passLeft = 0;

  readonly #ready: CsvChunk[] = [];
  #waiter: { resolve(chunk: CsvChunk | null): void; reject(error: unknown): void } | null = null;
  #ended = false;
  #failure: { readonly error: unknown } | null = null;
  #abandoned = false;
  #announced: number | null = null;

  constructor(sql: string) {
    this.#sql = sql;
    this.settled = new Promise((resolve) => {
      this.#settle = () => {
        this.#running = false;
        resolve();
      };
    });
  }

  /** True from `client.query` on until `settled`. */
  get running(): boolean {
    return this.#running;
  }

  /** The next chunk, or null at the end; the row count has been checked by then. One call at a time. */
  next(): Promise<CsvChunk | null> {
    const chunk = this.#ready.shift();
    if (this.#failure !== null) return Promise.reject(this.#failure.error);
    if (chunk !== undefined) {
      if (this.#ready.length === 0) this.#connection?.stream.resume();
      return Promise.resolve(chunk);
    }
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  /** Lets everything go that is still to come; `next` fails with `error`. The server is not told. */
  abandon(error: unknown): void {
    if (this.#ended || this.#abandoned) return;
    this.#abandoned = true;
    this.#fail(error);
    this.#chunk = Buffer.alloc(0);
    if (this.#connection === null) this.#settle();
    this.#connection?.stream.resume();
  }

  // ---- called by pg

  submit(connection: pg.Connection): void {
    this.#connection = connection;
    this.#running = true;
    const listeners = connection.stream.listeners('data');
    const [parser] = listeners;
    if (listeners.length !== 1 || parser === undefined) {
      throw new SluiceError('INTERNAL', 'the connection is read by something else');
    }
    this.#parser = parser as DataListener;
    connection.stream.removeListener('data', this.#parser);
    connection.stream.on('data', this.#read);
    connection.query(this.#sql);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const count = /^COPY (\d+)$/.exec(text)?.[1];
    this.#announced = count === undefined ? null : Number(count);
  }

  handleReadyForQuery(): void {
    if (this.#announced === this.#rows) {
      this.#ended = true;
      this.#waiter?.resolve(null);
      this.#waiter = null;
    } else {
      this.#fail(
        new SluiceError(
          'SOURCE_LOST',
          `${this.#rows} rows arrived, but the server says that it sent ${this.#announced ?? 'none'}`,
        ),
      );
    }
    this.#settle();
  }

  handleError(error: unknown): void {
    this.#giveBack();
    this.#fail(error);
    this.#settle();
  }

  // ---- the bytes

  #read = (bytes: Buffer): void => {
    if (this.#consume(bytes)) release(bytes);
  };

  /** True where all was rows, so that nobody holds the bytes any more. */
  #consume(bytes: Buffer): boolean {
    let at = 0;
    let kept = false;
    while (at < bytes.length) {
      if (this.#rowLeft > 0) {
        at = this.#takeRow(bytes, at);
      } else if (this.#passLeft > 0) {
        const end = Math.min(bytes.length, at + this.#passLeft);
        this.#passLeft -= end - at;
        this.#parser?.(bytes.subarray(at, end));
        kept = true;
        at = end;
      } else if (this.#headerFilled === 0 && bytes.length - at >= headerBytes) {
        if (!this.#begin(bytes, at)) {
          this.#handOver(bytes.subarray(at));
          return false;
        }
        at += headerBytes;
      } else {
        const end = Math.min(bytes.length, at + headerBytes - this.#headerFilled);
        this.#headerFilled += bytes.copy(this.#header, this.#headerFilled, at, end);
        at = end;
        if (this.#headerFilled < headerBytes) return !kept;
        this.#headerFilled = 0;
        if (!this.#begin(this.#header, 0)) {
          this.#handOver(Buffer.concat([this.#header, bytes.subarray(at)]));
          return false;
        }
      }
    }
    return !kept;
  }

  /** Reads a header; false where the rows are over and all that follows is for pg. */
  #begin(bytes: Buffer, at: number): boolean {
    const type = bytes[at] ?? 0;
    const length = bytes.readInt32BE(at + 1) - 4;
    if (type === copyData && length > 0) {
      if (!this.#abandoned) this.#makeRoom(length);
      this.#rowLeft = length;
      return true;
    }
    if (passing.has(type) && length >= 0) {
      // a copy: the header buffer is used again
      this.#parser?.(Buffer.from(bytes.subarray(at, at + headerBytes)));
      this.#passLeft = length;
      return true;
    }
    if (type !== copyDone && type !== errorResponse) this.#breakOff();
    return false;
  }

  #takeRow(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#rowLeft);
    this.#rowLeft -= end - at;
    if (this.#abandoned) return end;
    bytes.copy(this.#chunk, this.#filled, at, end);
    this.#filled += end - at;
    if (this.#rowLeft === 0) {
      this.#chunkRows += 1;
      this.#rows += 1;
      if (bytes[end - 1] !== lineFeed) this.#breakOff();
    }
    return end;
  }

  /** A row always lies in one chunk: the chunk before it is closed where it does not fit. */
  #makeRoom(length: number): void {
    if (this.#filled + length <= this.#chunk.length) return;
    this.#closeChunk();
    this.#chunk = Buffer.allocUnsafe(Math.max(chunkBytes, length));
  }

  #closeChunk(): void {
    if (this.#chunkRows === 0) return;
    const chunk = { bytes: this.#chunk.subarray(0, this.#filled), rows: this.#chunkRows };
    this.#filled = 0;
    this.#chunkRows = 0;
    this.#chunk = Buffer.alloc(0);
    if (this.#waiter !== null) {
      this.#waiter.resolve(chunk);
      this.#waiter = null;
      return;
    }
    this.#ready.push(chunk);
    this.#connection?.stream.pause();
  }

  /** The rows are over: pg reads the end of the statement itself. */
  #handOver(rest: Buffer): void {
    if (!this.#abandoned && this.#failure === null) this.#closeChunk();
    const parser = this.#parser;
    this.#giveBack();
    parser?.(rest);
  }

  #giveBack(): void {
    const stream = this.#connection?.stream;
    if (stream === undefined || this.#parser === null) return;
    stream.removeListener('data', this.#read);
    stream.on('data', this.#parser);
    this.#parser = null;
    stream.resume();
  }

  /** What arrives is not what a PostgreSQL server sends: nothing of it can be trusted any more. */
  #breakOff(): void {
    const error = new SluiceError('SOURCE_LOST', 'The server broke the rules of the COPY protocol');
    this.#fail(error);
    this.#connection?.stream.destroy(error);
  }

  #fail(error: unknown): void {
    if (this.#ended || this.#failure !== null) return;
    this.#failure = { error };
    this.#ready.length = 0;
    this.#waiter?.reject(error);
    this.#waiter = null;
  }
}

/**
 * Frees what a read of the socket brought, whose rows are copied. Left to the garbage collector, all that the server
 * sends piles up outside the heap and makes it run, in threads of its own, on the cores that compress.
 */
function release({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
