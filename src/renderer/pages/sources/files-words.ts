/** What was found out about files, in words. Pure. */
import type { FilePreview } from '../../../shared/model.ts';

const formats: Readonly<Record<FilePreview['format'], string>> = {
  csv: 'CSV',
  json: 'JSON',
  parquet: 'Parquet',
};

export function factsOf({ files, format, compression, csv }: FilePreview): string {
  return [
    ...(files.length === 1 ? [] : [`${files.length} files`]),
    formats[format],
    ...(compression === 'none' ? [] : [compression]),
    ...(csv === undefined ? [] : csvFacts(csv)),
  ].join(', ');
}

function csvFacts(csv: NonNullable<FilePreview['csv']>): string[] {
  const { delimiter, quote, header, encoding, nullText } = csv;
  return [
    `delimiter ${nameOf(delimiter)}`,
    quote === '' ? 'no quotes' : `quote ${nameOf(quote)}`,
    header ? 'with a header' : 'without a header',
    encoding,
    nullText === '' ? 'empty is NULL' : `“${nullText}” is NULL`,
  ];
}

const names: Readonly<Record<string, string>> = {
  ...{ '\t': 'tab', ' ': 'space', ',': 'comma', ';': 'semicolon', '|': 'bar' },
};

const nameOf = (character: string): string => names[character] ?? character;
