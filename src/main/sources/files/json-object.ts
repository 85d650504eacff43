/** JSON and NDJSON files as an object: a column for every key. */
import { SluiceError } from '../../../shared/errors.ts';
import { singleColumnWarning } from '../dialect.ts';
import type { CsvChunk, Findings } from '../source.ts';
import { fieldText, LineChunks } from './csv-text.ts';
import { decoded, encodingOf } from './decode.ts';
import { fileError } from './errors.ts';
import { bytesOf, compressionOf } from './file-bytes.ts';
import { JsonBroken, type JsonPiece, jsonPieces, rowOf } from './json-rows.ts';
import { cut, type FormatTask, type OpenedFiles } from './object.ts';

/** Objects that are looked at where not every key has to be known. */
const sampled = 1_000;
const rowsShown = 20;

/**
 * Where the rows are to be loaded, the files are read twice: a key that comes up in the last row is a column, too.
 * @throws SluiceError of the families `source` and `input`
 */
export async function openJson(task: FormatTask): Promise<OpenedFiles> {
  const keys = new Set<string>();
  const shown: ReadonlyMap<string, string | null>[] = [];
  let count = 0;
  looking: for (const file of task.files) {
    for await (const { bytes } of piecesOf(file, task, task.signal, !task.whole)) {
      const row = rowOf(bytes);
      count += 1;
      // what is no row is met again when the rows are read, and dealt with there
      if ('reason' in row) continue;
      for (const key of row.fields.keys()) keys.add(key);
      if (shown.length < rowsShown) shown.push(row.fields);
      if (!task.whole && count >= sampled) break looking;
    }
  }
  const columns = [...keys];
  const [only] = columns;
  return {
    columns: columns.map((name) => ({ name, type: 'json', nullable: true, key: null, csv: 'value' })),
    preview: {
      compression: await compressionOf(task.files[0]?.path ?? ''),
      rows: shown.map((fields) => columns.map((name) => cut(fields.get(name) ?? null))),
      notes: count === 0 ? ['there are no objects in it'] : [],
    },
    query: task.files
      .map(
        ({ path }) =>
          `json ${JSON.stringify(path)} ${JSON.stringify({ badRows: task.options.badRows ?? 'stop' })}`,
      )
      .join('\n'),
    warnings: columns.length === 1 && only !== undefined ? [singleColumnWarning(only)] : [],
    estimatedRows: task.whole ? count : null,
    read: (signal, findings) => readFiles(task, columns, signal, findings),
  };
}

async function* piecesOf(
  { path, identity }: FormatTask['files'][number],
  { options }: FormatTask,
  signal: AbortSignal,
  partly: boolean,
): AsyncGenerator<JsonPiece, void, void> {
  const encoding = options.encoding === undefined ? undefined : encodingOf(options.encoding);
  const bytes = bytesOf(partly ? { path, signal } : { path, identity, signal });
  try {
    yield* jsonPieces(decoded(bytes, encoding));
  } catch (error) {
    if (!(error instanceof JsonBroken)) throw fileError(error, path);
    throw badRow(path, error.line, error.message);
  }
}

async function* readFiles(
  task: FormatTask,
  columns: readonly string[],
  signal: AbortSignal,
  findings: Findings,
): AsyncGenerator<CsvChunk, void, void> {
  const lines = new LineChunks(task.chunkBytes);
  const known = new Set(columns);
  for (const file of task.files) {
    for await (const { bytes, line } of piecesOf(file, task, signal, false)) {
      const row = rowOf(bytes);
      const stranger = 'reason' in row ? undefined : [...row.fields.keys()].find((key) => !known.has(key));
      const reason =
        'reason' in row ? row.reason : stranger === undefined ? undefined : `its key ${stranger} is new`;
      if (reason !== undefined) {
        if (task.options.badRows !== 'set-aside') throw badRow(file.path, line, reason);
        findings.setAside({ file: file.path, line, reason, bytes });
      } else if ('fields' in row) {
        const text = columns.map((name) => fieldText(row.fields.get(name) ?? null)).join(',');
        const chunk = lines.add(`${text}\n`, 1);
        if (chunk !== undefined) yield chunk;
      }
    }
  }
  const chunk = lines.take();
  if (chunk !== undefined) yield chunk;
}

const badRow = (path: string, line: number, reason: string): SluiceError =>
  new SluiceError('ROW_INVALID', `${path}, line ${line}: the row cannot be read, because ${reason}`, {
    details: { path, line, reason },
  });
