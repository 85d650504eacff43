/** Which files a path stands for, and which objects they are. */
import { glob, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, parse, sep } from 'node:path';
import { SluiceError } from '../../../shared/errors.ts';
import type { FileOptions } from '../../../shared/model.ts';
import { fileError } from './errors.ts';

export type FileFormat = NonNullable<FileOptions['format']>;

export interface FileObject {
  readonly name: string;
  readonly format: FileFormat;
  /** Absolute, sorted, at least one. */
  readonly files: readonly string[];
}

export interface Place {
  /** The folder's own name, for the directory path. */
  readonly database: string;
  /** Looks again, each time: files come and go. */
  list(): Promise<readonly FileObject[]>;
}

const compressed = /\.(gz|gzip|zst|zstd)$/i;
const formats: readonly (readonly [RegExp, FileFormat])[] = [
  [/\.(csv|tsv|tab|psv|txt)$/i, 'csv'],
  [/\.(ndjson|jsonl|json)$/i, 'json'],
  [/\.(parquet|parq|pq)$/i, 'parquet'],
];

/** As the file's name says; undefined where it says nothing. */
function formatOf(file: string): FileFormat | undefined {
  const name = file.replace(compressed, '');
  return formats.find(([extension]) => extension.test(name))?.[1];
}

/** The name without the extensions that say format and compression. */
export function stemOf(file: string): string {
  const name = basename(file).replace(compressed, '');
  const known = formats.find(([extension]) => extension.test(name))?.[0];
  return (known === undefined ? parse(name).name : name.replace(known, '')) || name;
}

const wild = /[*?[\]{}]/;

/**
 * @param path absolute: of a file, of a folder, or a pattern
 * @throws SluiceError SOURCE_NOT_FOUND, SOURCE_DENIED
 */
export async function placeOf(path: string, options: FileOptions): Promise<Place> {
  const found = await stat(path).catch((error: unknown) => {
    // a file may really be called "a[1].csv": only what is not there is a pattern
    if (wild.test(path)) return null;
    throw fileError(error, path);
  });
  if (found === null) return patternPlace(path, options);
  if (!found.isDirectory()) {
    const only = objectOf(stemOf(path), [path], options);
    return { database: folderName(dirname(path)), list: async () => [only] };
  }
  return { database: folderName(path), list: () => listFolder(path, options) };
}

const folderName = (folder: string): string => basename(folder) || 'files';

/** Each file is an object. What programs hide, or leave beside data, is none: names with a dot or a "_" in front. */
async function listFolder(folder: string, options: FileOptions): Promise<readonly FileObject[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(error, folder);
  });
  const objects = new Map<string, FileObject>();
  for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (/^[._]/.test(name)) continue;
    const file = join(folder, name);
    const format = formatOf(name);
    if (format === undefined || (options.format !== undefined && format !== options.format)) continue;
    // a link counts as what it leads to; one that leads nowhere is no file
    const info = await stat(file).catch(() => null);
    if (info === null || !info.isFile()) continue;
    const stem = stemOf(name);
    const other = objects.get(stem);
    if (other !== undefined) throw sameStem(stem, other.files[0] ?? '', file);
    objects.set(stem, objectOf(stem, [file], options));
  }
  return [...objects.values()];
}

const sameStem = (stem: string, one: string, other: string): SluiceError =>
  new SluiceError(
    'SOURCE_UNREADABLE',
    `${basename(one)} and ${basename(other)} would both be the object "${stem}"`,
    {
      details: { path: one, other },
      fix: 'Rename or move one of them; or, if they belong together, give a pattern that matches both, such as FOLDER/NAME.*',
    },
  );

/** All files of a pattern are one object. */
function patternPlace(pattern: string, options: FileOptions): Place {
  const parts = pattern.split(sep === '\\' ? /[\\/]/ : '/');
  const firstWild = parts.findIndex((part) => wild.test(part));
  const base = parts.slice(0, firstWild).join(sep) || sep;
  const name = patternName(parts.at(-1) ?? '') || folderName(base);
  return {
    database: folderName(base),
    list: async () => {
      const files: string[] = [];
      for await (const file of glob(pattern)) {
        if (/^[._]/.test(basename(file))) continue;
        if ((await stat(file).catch(() => null))?.isFile() === true) files.push(file);
      }
      if (files.length === 0) {
        throw new SluiceError('SOURCE_NOT_FOUND', `No file matches ${pattern}`, {
          details: { path: pattern },
          fix: 'Check the pattern; on a command line, put it in quotes so that the shell does not replace it.',
        });
      }
      return [objectOf(name, files.sort(), options)];
    },
  };
}

/** `orders-*.csv.gz` is "orders". */
const patternName = (pattern: string): string =>
  stemOf(pattern)
    .replace(/\{[^}]*\}|\[[^\]]*\]|[*?]/g, '')
    .replace(/^[-_. ]+|[-_. ]+$/g, '');

/** @throws SluiceError SOURCE_UNREADABLE where neither name nor options say what the files are, or they disagree */
function objectOf(name: string, files: readonly string[], { format }: FileOptions): FileObject {
  if (format !== undefined) return { name, format, files };
  const [first = ''] = files;
  const found = formatOf(first);
  if (found === undefined) {
    throw new SluiceError('SOURCE_UNREADABLE', `The name of ${first} does not say what is in it`, {
      details: { path: first },
      fix: 'Name the format: --format csv, json or parquet.',
    });
  }
  const other = files.find((file) => formatOf(file) !== found);
  if (other === undefined) return { name, format: found, files };
  throw new SluiceError('SOURCE_UNREADABLE', `${first} and ${other} are of different formats`, {
    details: { path: first, other },
    fix: 'Let the pattern match files of one format only, or name the format with --format.',
  });
}
