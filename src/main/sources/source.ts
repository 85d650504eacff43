/** The one interface behind which every engine stands. */
import type { ColumnDetail, FirstRows } from '../../shared/browse.ts';
import type { ObjectName, SourceObject } from '../../shared/model.ts';

/** A field of a row, already in the words of the CSV dialect; null is NULL. */
export type Field = string | null;
export type Row = readonly Field[];

/** CSV text in UTF-8 that ends at a row end, without a header. */
export interface CsvChunk {
  /** They belong to whoever took the chunk, who may free them: nothing else lies in the same memory. */
  readonly bytes: Buffer;
  /** Rows in `bytes`. */
  readonly rows: number;
}

/**
 * What reading an object yields: CSV that the server made (`csv`), or rows that the load encodes (`rows`).
 * Both are pulled, so a slow destination slows the source and memory stays flat.
 */
export type ObjectData =
  | { readonly format: 'csv'; readonly chunks: AsyncIterable<CsvChunk> }
  | { readonly format: 'rows'; readonly batches: AsyncIterable<readonly Row[]> };

/** A row of a file that does not fit. */
export interface UnfitRow {
  readonly file: string;
  /** Of the file, from 1: where it begins. */
  readonly line: number;
  readonly reason: string;
  /** As it stands in the file; may be changed once the call is over. */
  readonly bytes: Buffer;
}

/** What reading comes across, told as it is found. */
export interface Findings {
  /** A row that is not part of what was read, because the user chose to have such rows set aside. May throw. */
  setAside(row: UnfitRow): void;
  /** What the user should know. */
  remark(message: string): void;
}

export interface ObjectReader {
  readonly columns: readonly string[];
  /** The query as it is sent, for the receipt. */
  readonly query: string;
  /** Things that the user should know, e.g. that NULL rows of a single column are blank lines. */
  readonly warnings: readonly string[];
  /** The engine's own estimate, or one that costs nothing; null where there is none. */
  readonly estimatedRows: number | null;
  /** Reads the object once, in the snapshot. Errors are SluiceErrors of the family `source`, or CANCELLED. */
  read(signal: AbortSignal, findings?: Findings): ObjectData;
}

/** One consistent view of the database; everything that a job reads comes from one snapshot. */
export interface Snapshot extends AsyncDisposable {
  readonly takenAt: Date;
  /** Objects that can be read at the same time; 1 or more. */
  readonly readers: number;
  /** Why there are fewer of them than were asked for, in plain words. */
  readonly warnings: readonly string[];
  /** @throws SluiceError OBJECT_NOT_FOUND, SOURCE_DENIED */
  object(name: ObjectName): Promise<ObjectReader>;
}

export interface LookOptions {
  /** How many rows; 1 or more. */
  readonly rows: number;
  /** For a time limit of the server's own, where it has one: the caller's signal ends the look earlier. */
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

/** An open connection to a source. */
export interface OpenSource extends AsyncDisposable {
  /** The database as it stands in the directory path. */
  readonly database: string;
  /** E.g. "PostgreSQL 15.18"; for people and receipts. */
  readonly version: string;
  /** What can be loaded, sorted by schema and name; the engine's own system objects are left out. */
  objects(signal: AbortSignal): Promise<readonly SourceObject[]>;
  /**
   * The columns of an object as a load would write them; no row is read.
   * @throws SluiceError OBJECT_NOT_FOUND, and others of the family `source`, or CANCELLED
   */
  columns(name: ObjectName, signal: AbortSignal): Promise<readonly ColumnDetail[]>;
  /**
   * The first rows in the order in which the database gives them, exactly as a load would write them; see
   * first-rows.ts. The server is asked for no more of them, and takes no lock that a load would not.
   * @throws SluiceError of the family `source`, or CANCELLED
   */
  firstRows(name: ObjectName, options: LookOptions): Promise<FirstRows>;
  /** @param options readers: how many objects are to be read at the same time, where the engine can; 1 if absent */
  snapshot(signal: AbortSignal, options?: { readonly readers?: number }): Promise<Snapshot>;
}
