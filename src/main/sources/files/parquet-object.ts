/** Parquet files as an object, by DuckDB: nothing but what is built into it, and nothing from the network. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { SluiceError } from '../../../shared/errors.ts';
import { singleColumnWarning } from '../dialect.ts';
import { cancelled, messageOf } from '../raised.ts';
import type { CsvChunk } from '../source.ts';
import { LineChunks } from './csv-text.ts';
import { compressionOf, refuseChange } from './file-bytes.ts';
import { cut, type FormatTask, type OpenedFiles } from './object.ts';
import { fileLiteral, formOf, lineOf, macros, type ParquetColumn } from './parquet-sql.ts';
import { fieldsOf } from './sniff.ts';

/** One thread keeps the rows in their order and the memory small; compressing what it makes takes longer anyway. */
const settings = {
  threads: '1',
  memory_limit: '128MiB',
  preserve_insertion_order: 'true',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  max_temp_directory_size: '0KiB',
};

const rowsShown = 20;

interface Session extends Disposable {
  readonly connection: DuckDBConnection;
}

async function connect(): Promise<Session> {
  const instance = await DuckDBInstance.create(':memory:', settings);
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const macro of macros) await connection.run(macro);
  return {
    connection,
    [Symbol.dispose]: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** @throws SluiceError SOURCE_UNREADABLE, SOURCE_CHANGED, CANCELLED */
export async function openParquet(task: FormatTask): Promise<OpenedFiles> {
  using session = await connect();
  let columns: readonly ParquetColumn[] | undefined;
  let rows = 0;
  for (const { path } of task.files) {
    if (task.signal.aborted) throw cancelled();
    if ((await compressionOf(path)) !== 'none') {
      throw new SluiceError('SOURCE_UNREADABLE', `${path} is a Parquet file inside another compressed file`, {
        details: { path },
        fix: 'Unpack it first: Parquet is compressed inside.',
      });
    }
    const found = await describe(session, path);
    rows += found.rows;
    columns ??= found.columns;
    refuseOthers(task.files[0]?.path ?? '', columns, path, found.columns);
  }
  const known = columns ?? [];
  const [only] = known;
  const shown = await sample(session, task.files[0]?.path ?? '', known);
  return {
    columns: known.map(({ name, type }) => ({ name, type, nullable: true, key: null, csv: formOf(type) })),
    preview: { compression: 'none', rows: shown.map((row) => row.map(cut)), notes: [] },
    query: task.files.map(({ path }) => queryOf(path, known)).join(';\n'),
    warnings: known.length === 1 && only !== undefined ? [singleColumnWarning(only.name)] : [],
    estimatedRows: rows,
    read: (signal) => readFiles(task, known, rows, signal),
  };
}

const tableOf = (path: string): string => `read_parquet(${fileLiteral(path)}, hive_partitioning = false)`;

const queryOf = (path: string, columns: readonly ParquetColumn[]): string =>
  `SELECT ${lineOf(columns)} FROM ${tableOf(path)}`;

async function describe(
  { connection }: Session,
  path: string,
): Promise<{ columns: readonly ParquetColumn[]; rows: number }> {
  try {
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${tableOf(path)}`);
    const columns = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
    const counted = await connection.runAndReadAll(
      `SELECT num_rows::VARCHAR FROM parquet_file_metadata(${fileLiteral(path)})`,
    );
    return { columns, rows: Number(counted.getRows()[0]?.[0] ?? 0) };
  } catch (error) {
    throw parquetError(error, path);
  }
}

async function sample(
  { connection }: Session,
  path: string,
  columns: readonly ParquetColumn[],
): Promise<(string | null)[][]> {
  if (columns.length === 0) return [];
  try {
    const read = await connection.runAndReadAll(`${queryOf(path, columns)} LIMIT ${rowsShown}`);
    return fieldsOf(
      read
        .getRows()
        .map(([line]) => `${String(line)}\n`)
        .join(''),
    );
  } catch (error) {
    throw parquetError(error, path);
  }
}

function refuseOthers(
  first: string,
  ours: readonly ParquetColumn[],
  path: string,
  theirs: readonly ParquetColumn[],
): void {
  const same =
    ours.length === theirs.length &&
    ours.every(({ name, type }, at) => name === theirs[at]?.name && type === theirs[at]?.type);
  if (same) return;
  throw new SluiceError('SOURCE_UNREADABLE', `${path} has other columns than ${first}`, {
    details: { path, other: first },
    fix: 'Load files with different columns as objects of their own: name their folder instead of a pattern.',
  });
}

/** Each row comes as one text; the number of rows is compared with what the files say. */
async function* readFiles(
  task: FormatTask,
  columns: readonly ParquetColumn[],
  expected: number,
  signal: AbortSignal,
): AsyncGenerator<CsvChunk, void, void> {
  using session = await connect();
  const stop = (): void => session.connection.interrupt();
  signal.addEventListener('abort', stop);
  const lines = new LineChunks(task.chunkBytes);
  let rows = 0;
  try {
    for (const { path, identity } of task.files) {
      await refuseChange(path, identity);
      try {
        const result = await session.connection.stream(queryOf(path, columns));
        for (;;) {
          if (signal.aborted) throw cancelled();
          const batch = await result.fetchChunk();
          if (batch === null || batch.rowCount === 0) break;
          const values = batch.getColumnValues(0);
          rows += values.length;
          const chunk = lines.add(`${values.join('\n')}\n`, values.length);
          if (chunk !== undefined) yield chunk;
        }
      } catch (error) {
        if (signal.aborted) throw cancelled();
        await refuseChange(path, identity);
        throw parquetError(error, path);
      }
      await refuseChange(path, identity);
    }
    const chunk = lines.take();
    if (chunk !== undefined) yield chunk;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (rows === expected) return;
  throw new SluiceError(
    'SOURCE_UNREADABLE',
    `${task.name} says that it has ${expected} rows, but has ${rows}`,
    {
      details: { object: task.name, expected, rows },
    },
  );
}

function parquetError(error: unknown, path: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const text = messageOf(error).split('\n')[0] ?? '';
  return new SluiceError('SOURCE_UNREADABLE', `${path} cannot be read as Parquet: ${text}`, {
    details: { path, duckdb: text },
    cause: error,
    fix: 'Copy or download the file again; if it is not Parquet, name the format with --format.',
  });
}
