/** How each type of column is asked for and written. The rules are in docs/types.md, which the tests walk. */
import type { CsvForm } from '../../../shared/browse.ts';
import { quote, type TableColumn } from './catalogue.ts';
import * as encode from './encode.ts';

export interface ColumnReading {
  /** What stands in the SELECT. */
  readonly expression: string;
  readonly encoder: encode.FieldEncoder;
}

const numbers = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'year', 'date'];
const blobs = ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'];
const shapes = ['geometry', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring'];
const collections = ['multipolygon', 'geometrycollection', 'geomcollection'];

const encoders: ReadonlyMap<string, encode.FieldEncoder> = new Map([
  ...numbers.map((type) => [type, encode.plain] as const),
  ...blobs.map((type) => [type, encode.binary] as const),
  ...[...shapes, ...collections].map((type) => [type, encode.geometry] as const),
  ['time', encode.time],
  ['datetime', encode.time],
  ['timestamp', encode.instant],
  ['vector', encode.vector],
]);

/** `onQuestionMark` is called for text in which the server may have replaced what it could not convert. */
export function readingOf(column: TableColumn, onQuestionMark: () => void): ColumnReading {
  const { dataType, charset, precision } = column;
  const name = quote(column.name);
  if (dataType === 'float' || dataType === 'double') {
    // the product is a DOUBLE in all its digits; MySQL shows six of a FLOAT, and (M,D) rounds
    return { expression: `${name} * 1e0`, encoder: dataType === 'float' ? encode.float : encode.double };
  }
  if (dataType === 'bit') return { expression: name, encoder: encode.bits(precision ?? 1) };
  const encoder = encoders.get(dataType);
  if (encoder !== undefined) return { expression: name, encoder };
  const convertsWhole = charset === null || wholeCharsets.has(charset);
  return { expression: name, encoder: convertsWhole ? encode.text : encode.watchedText(onQuestionMark) };
}

/** Sent as it is stored, or, for latin1, with a character of Unicode for every byte. */
const wholeCharsets: ReadonlySet<string> = new Set(['utf8mb4', 'utf8mb3', 'utf8', 'latin1', 'binary']);

const formsByType: ReadonlyMap<string, CsvForm> = new Map<string, CsvForm>([
  ...['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year'].map((type) => [type, 'integer'] as const),
  ...blobs.map((type) => [type, 'binary'] as const),
  ...[...shapes, ...collections].map((type) => [type, 'geometry'] as const),
  ...(['decimal', 'date', 'time', 'json', 'vector'] as const).map((type) => [type, type] as const),
  ['float', 'float'],
  ['double', 'float'],
  ['datetime', 'timestamp'],
  ['timestamp', 'instant'],
  ['bit', 'bits'],
]);

/** What `readingOf` makes of a column, for people. */
export const formOf = ({ dataType }: TableColumn): CsvForm => formsByType.get(dataType) ?? 'text';
