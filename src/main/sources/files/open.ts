/** Files as a source. */

import type { ColumnDetail } from '../../../shared/browse.ts';
import { SluiceError } from '../../../shared/errors.ts';
import type { Column, FileOptions, FilePreview, ObjectName, SourceObject } from '../../../shared/model.ts';
import { displayName } from '../../../shared/model.ts';
import { takeRows } from '../first-rows.ts';
import type { CsvChunk, Findings, ObjectData, ObjectReader, OpenSource, Snapshot } from '../source.ts';
import { openCsv } from './csv-object.ts';
import { encodingOf } from './decode.ts';
import { identityOf } from './file-bytes.ts';
import { openJson } from './json-object.ts';
import type { OpenedFiles } from './object.ts';
import { type FileObject, type Place, placeOf } from './places.ts';

export interface FilesOptions {
  /** Absolute: of a file, of a folder, or a pattern. */
  readonly path: string;
  readonly options: FileOptions;
  /** The name that the user gave; the folder's where absent or ''. */
  readonly database?: string | undefined;
  readonly signal: AbortSignal;
}

/** Also tells how its files would be read. */
export interface OpenFiles extends OpenSource {
  preview(signal: AbortSignal): Promise<readonly FilePreview[]>;
}

/** Objects that a preview looks at: more would be no preview. */
const previewed = 20;

/**
 * Opens a file, a folder, in which each file is an object, or a pattern, whose files are one object.
 * @throws SluiceError SOURCE_NOT_FOUND, SOURCE_DENIED, SOURCE_UNREADABLE, INPUT_INVALID, CANCELLED
 */
export async function openFiles({ path, options, database, signal }: FilesOptions): Promise<OpenFiles> {
  if (options.encoding !== undefined) encodingOf(options.encoding);
  const place = await placeOf(path, options);
  await place.list();
  signal.throwIfAborted();
  return {
    database: database || place.database,
    version: 'files',
    objects: async (until) => {
      const objects: SourceObject[] = [];
      for (const object of await place.list()) objects.push(await listed(object, options, until));
      return objects;
    },
    preview: async (until) => {
      const previews: FilePreview[] = [];
      for (const object of (await place.list()).slice(0, previewed)) {
        const { columns, preview } = await open(object, options, until);
        const { name, format, files } = object;
        previews.push({ object: name, format, files: [...files], columns: columns.map(typed), ...preview });
      }
      return previews;
    },
    columns: async (name, until) =>
      (await open(find(await place.list(), name, path), options, until)).columns,
    firstRows: async (name, { rows, signal: until }) => {
      const object = find(await place.list(), name, path);
      const { columns, read } = await open(object, options, until, { chunkBytes: lookChunk });
      const names = columns.map((column) => column.name);
      return await takeRows({ columns: names, read: (abort) => csv(read(abort, nobody)) }, rows, until);
    },
    snapshot: async (until) => snapshotOf(place, options, path, until),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** One that cannot be read stays in the list: reading it gives the reason, and the others can be loaded. */
async function listed(object: FileObject, options: FileOptions, signal: AbortSignal): Promise<SourceObject> {
  const shown = {
    schema: null,
    name: object.name,
    kind: object.files.length > 1 ? 'files' : 'file',
  } as const;
  try {
    const { columns, estimatedRows } = await open(object, options, signal);
    return { ...shown, estimatedRows, columns: columns.map(typed) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...shown, estimatedRows: null, columns: [] };
  }
}

async function open(
  object: FileObject,
  options: FileOptions,
  signal: AbortSignal,
  { whole = false, chunkBytes }: { readonly whole?: boolean; readonly chunkBytes?: number } = {},
): Promise<OpenedFiles> {
  const { name, format, files } = object;
  const known = [];
  for (const path of files) known.push({ path, identity: await identityOf(path) });
  const task = { name, files: known, options, signal, whole, chunkBytes };
  switch (format) {
    case 'csv':
      return await openCsv(task);
    case 'json':
      return await openJson(task);
    case 'parquet': {
      // 70 MB of native code, which only Parquet needs
      const { openParquet } = await import('./parquet-object.ts');
      return await openParquet(task);
    }
  }
}

/**
 * The files as they are now: their identity is taken when the object is opened, before the first is read, and a
 * file that is another one when it is read fails its object.
 */
async function snapshotOf(
  place: Place,
  options: FileOptions,
  path: string,
  signal: AbortSignal,
): Promise<Snapshot> {
  const takenAt = new Date();
  const objects = await place.list();
  return {
    takenAt,
    readers: 1,
    warnings: [],
    object: async (name: ObjectName): Promise<ObjectReader> => {
      const opened = await open(find(objects, name, path), options, signal, { whole: true });
      return {
        columns: opened.columns.map((column) => column.name),
        query: opened.query,
        warnings: opened.warnings,
        estimatedRows: opened.estimatedRows,
        read: (until, findings = nobody) => csv(opened.read(until, findings)),
      };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const csv = (chunks: AsyncIterable<CsvChunk>): ObjectData => ({ format: 'csv', chunks });

const typed = ({ name, type }: ColumnDetail): Column => ({ name, type });

/** Bytes of a chunk for somebody who looks at a few rows. */
const lookChunk = 16 * 1024;

/** @throws SluiceError OBJECT_NOT_FOUND */
function find(objects: readonly FileObject[], name: ObjectName, path: string): FileObject {
  const object = objects.find((other) => name.schema === null && other.name === name.name);
  if (object !== undefined) return object;
  throw new SluiceError('OBJECT_NOT_FOUND', `There is no file for ${displayName(name)} in ${path}`, {
    details: { path, object: displayName(name) },
  });
}

/** An estimate reads, and has no report. */
const nobody: Findings = { setAside: () => undefined, remark: () => undefined };
