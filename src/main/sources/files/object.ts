/** What every format has to tell of an object, and what they share. */
import type { ColumnDetail } from '../../../shared/browse.ts';
import type { FileOptions, FilePreview } from '../../../shared/model.ts';
import type { CsvChunk, Findings } from '../source.ts';
import type { FileIdentity } from './file-bytes.ts';

export interface FormatTask {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly identity: FileIdentity }[];
  readonly options: FileOptions;
  readonly signal: AbortSignal;
  /** It is to be loaded, not only looked at: what only the whole file tells has to be known. */
  readonly whole: boolean;
  /** Bytes of a chunk; of an ordinary one if absent. */
  readonly chunkBytes?: number | undefined;
}

/** An object that was looked at, and can be read. */
export interface OpenedFiles {
  readonly columns: readonly ColumnDetail[];
  readonly preview: Pick<FilePreview, 'compression' | 'csv' | 'rows' | 'notes'>;
  /** How it is read, for the receipt. */
  readonly query: string;
  readonly warnings: readonly string[];
  readonly estimatedRows: number | null;
  /** @param remarks gets what is found out while reading */
  read(signal: AbortSignal, findings: Findings): AsyncIterable<CsvChunk>;
}

/** Characters of a value that a preview shows. */
const shownCharacters = 200;

export const cut = (value: string | null): string | null =>
  value === null || value.length <= shownCharacters ? value : `${value.slice(0, shownCharacters)}…`;
