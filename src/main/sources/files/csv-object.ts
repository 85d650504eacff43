/** CSV files as an object: all text, as it stands there. */
import { SluiceError } from '../../../shared/errors.ts';
import type { FileOptions } from '../../../shared/model.ts';
import { singleColumnWarning } from '../dialect.ts';
import type { CsvChunk, Findings } from '../source.ts';
import { CsvRows } from './csv-rows.ts';
import { decoded, encodingByMark, encodingOf } from './decode.ts';
import { fileError } from './errors.ts';
import { bytesOf, type Compression, compressionOf, type FileIdentity } from './file-bytes.ts';
import { cut, type FormatTask, type OpenedFiles } from './object.ts';
import { type Sniffed, sniff } from './sniff.ts';

/** Bytes of UTF-8 that are looked at before a file is read. */
const sampleBytes = 512 * 1024;

interface CsvFile {
  readonly path: string;
  readonly identity: FileIdentity;
  readonly compression: Compression;
  readonly encoding: string;
  readonly sniffed: Sniffed;
  /** Of the rows of the sample; 0 where it has none. */
  readonly bytesPerRow: number;
}

/** @throws SluiceError of the families `source` and `input` */
export async function openCsv(task: FormatTask): Promise<OpenedFiles> {
  const files: CsvFile[] = [];
  for (const file of task.files) files.push(await look(file.path, file.identity, task.options, task.signal));
  const [first] = files;
  if (first === undefined) throw new SluiceError('INTERNAL', 'An object without files');
  const { columns, format, header, rows, notes } = first.sniffed;
  for (const file of files) refuseOthers(first, file);
  const [only] = columns;
  return {
    columns: columns.map((name) => ({ name, type: 'text', nullable: true, key: null, csv: 'text' })),
    preview: {
      compression: first.compression,
      csv: {
        ...{ delimiter: format.delimiter, quote: format.quote, escape: format.escape, header },
        ...{ encoding: first.encoding, nullText: format.nullText },
      },
      rows: rows.map((row) => row.map(cut)),
      notes: [...notes],
    },
    query: files.map((file) => queryOf(file, task.options)).join('\n'),
    warnings: [...notes, ...(columns.length === 1 && only !== undefined ? [singleColumnWarning(only)] : [])],
    estimatedRows: estimate(files),
    read: (signal, findings) => readFiles(files, task, signal, findings),
  };
}

async function look(
  path: string,
  identity: FileIdentity,
  options: FileOptions,
  signal: AbortSignal,
): Promise<CsvFile> {
  const asked = options.encoding === undefined ? undefined : encodingOf(options.encoding);
  const parts: Buffer[] = [];
  let size = 0;
  let whole = true;
  let head = Buffer.alloc(0);
  const bytes = bytesOf({ path, signal });
  async function* remembered(): AsyncGenerator<Buffer, void, void> {
    for await (const some of bytes) {
      if (head.length < 3) head = Buffer.concat([head, some.subarray(0, 3)]);
      yield some;
    }
  }
  try {
    for await (const text of decoded(remembered(), asked)) {
      parts.push(text);
      size += text.length;
      if (size >= sampleBytes) {
        whole = false;
        break;
      }
    }
  } catch (error) {
    throw fileError(error, path);
  }
  const sample = Buffer.concat(parts);
  const sniffed = sniff(sample, whole, options);
  if (size > 0 && sniffed.columns.length === 0 && !whole) {
    throw new SluiceError(
      'SOURCE_UNREADABLE',
      `The first ${sampleBytes / 1024} KiB of ${path} hold no whole row`,
      {
        details: { path },
        fix: 'Check that it is a CSV file, and the quote that is set for it.',
      },
    );
  }
  const lines = sample.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 0);
  return {
    ...{ path, identity, sniffed },
    compression: await compressionOf(path),
    encoding: found(asked, encodingByMark(head)),
    bytesPerRow: lines === 0 ? 0 : sample.length / lines,
  };
}

/** UTF-16 without a mark is little-endian, as Windows writes it. */
function found(asked: string | undefined, marked: string): string {
  if (asked === undefined) return marked;
  if (asked !== 'utf-16') return asked;
  return marked === 'utf-8' ? 'utf-16le' : marked;
}

/** Files that are read as one object have the same columns in the same order. */
function refuseOthers(first: CsvFile, file: CsvFile): void {
  const [ours, theirs] = [first.sniffed.columns, file.sniffed.columns];
  if (ours.length === theirs.length && ours.every((name, at) => name === theirs[at])) return;
  throw new SluiceError('SOURCE_UNREADABLE', `${file.path} has other columns than ${first.path}`, {
    details: { path: file.path, columns: [...theirs], other: first.path, otherColumns: [...ours] },
    fix: 'Load files with different columns as objects of their own: name their folder instead of a pattern.',
  });
}

function queryOf({ path, encoding, sniffed: { format, header } }: CsvFile, options: FileOptions): string {
  const said = {
    ...{ delimiter: format.delimiter, quote: format.quote, escape: format.escape, header, encoding },
    ...{ nullText: format.nullText, badRows: options.badRows ?? 'stop' },
  };
  return `csv ${JSON.stringify(path)} ${JSON.stringify(said)}`;
}

/** By the size of the files and of their first rows; none where they are compressed. */
function estimate(files: readonly CsvFile[]): number | null {
  let rows = 0;
  for (const { compression, identity, bytesPerRow, sniffed } of files) {
    if (compression !== 'none') return null;
    if (bytesPerRow > 0) rows += Number(identity.size) / bytesPerRow - (sniffed.header ? 1 : 0);
  }
  return Math.max(0, Math.round(rows));
}

async function* readFiles(
  files: readonly CsvFile[],
  { options, chunkBytes }: FormatTask,
  signal: AbortSignal,
  findings: Findings,
): AsyncGenerator<CsvChunk, void, void> {
  for (const { path, identity, encoding, sniffed } of files) {
    const rows = new CsvRows({
      format: sniffed.format,
      columns: sniffed.columns.length,
      header: sniffed.header,
      ...(chunkBytes === undefined ? {} : { chunkBytes }),
      onBadRow: ({ line, reason, bytes }) => {
        if (options.badRows !== 'set-aside') throw badRow(path, line, reason);
        findings.setAside({ file: path, line, reason, bytes });
      },
    });
    try {
      for await (const bytes of decoded(bytesOf({ path, identity, signal }), encoding))
        yield* rows.push(bytes);
    } catch (error) {
      throw fileError(error, path);
    }
    yield* rows.end();
    if (rows.blankLines > 0) findings.remark(blankLines(rows.blankLines, path));
  }
}

const badRow = (path: string, line: number, reason: string): SluiceError =>
  new SluiceError('ROW_INVALID', `${path}, line ${line}: the row cannot be read, because ${reason}`, {
    details: { path, line, reason },
  });

const blankLines = (count: number, path: string): string =>
  `${count === 1 ? 'a blank line' : `${count} blank lines`} of ${path} ${count === 1 ? 'is' : 'are'} no row and ${count === 1 ? 'was' : 'were'} left out`;
