/** Reads objects of a source to their end, the way the tests need them. */
import { expect } from 'vitest';
import type { ObjectReader, OpenSource, Row, Snapshot } from '../../src/main/sources/source.ts';
import { type ErrorCode, SluiceError } from '../../src/shared/errors.ts';
import { type CsvField, readStrictCsv } from './strict-csv.ts';

export interface CsvObject {
  readonly reader: ObjectReader;
  readonly bytes: Buffer;
  /** Sum of what the chunks say; compared with the rows that are there. */
  readonly rows: number;
  readonly fields: CsvField[][];
}

export const never = (): AbortSignal => new AbortController().signal;

/** Reads CSV to its end and checks each chunk by itself: whole rows, as many as it says. */
export async function readCsv(snapshot: Snapshot, schema: string | null, name: string): Promise<CsvObject> {
  const reader = await snapshot.object({ schema, name });
  const data = reader.read(never());
  if (data.format !== 'csv') throw new Error('not CSV');
  const chunks: Buffer[] = [];
  let rows = 0;
  for await (const chunk of data.chunks) {
    expect(readStrictCsv(chunk.bytes, reader.columns.length)).toHaveLength(chunk.rows);
    chunks.push(chunk.bytes);
    rows += chunk.rows;
  }
  const bytes = Buffer.concat(chunks);
  const fields = readStrictCsv(bytes, reader.columns.length);
  expect(fields).toHaveLength(rows);
  return { reader, bytes, rows, fields };
}

export async function readAllRows(reader: ObjectReader, signal = never()): Promise<Row[]> {
  const data = reader.read(signal);
  if (data.format !== 'rows') throw new Error('not rows');
  const all: Row[] = [];
  for await (const batch of data.batches) all.push(...batch);
  return all;
}

/** Opens a snapshot for one piece of work and lets it go. */
export async function withSnapshot<T>(
  source: OpenSource,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  await using snapshot = await source.snapshot(never());
  return await work(snapshot);
}

/** The SluiceError that `work` ends with; anything else fails the test. */
export async function failure(work: Promise<unknown>, code: ErrorCode): Promise<SluiceError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (raised: unknown) => raised,
  );
  if (!(error instanceof SluiceError)) throw error;
  expect(`${error.code}: ${error.message}`).toMatch(new RegExp(`^${code}: `));
  return error;
}
