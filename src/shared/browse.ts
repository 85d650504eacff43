/** What of a source can be looked at before anything is loaded: the columns of an object, and its first rows. */
import { z } from 'zod';
import { columnSchema, objectNameSchema } from './model.ts';

/** Rows that are shown where nobody says how many, and at most. */
export const usualRows = 20;
export const mostRows = 100;

/** Bytes of UTF-8 of one value; what is longer is cut. */
export const valueBytes = 1024;

/** Bytes of CSV that are read for it. Reading ends with the row that passes them, and at least one row is shown. */
export const lookBytes = 8 * 1024 * 1024;

/** Milliseconds that the database has for it once it is connected. A load has no such limit. */
export const lookPatience = 10_000;

/** How the values of a column stand in the CSV; docs/types.md has the rules, `csvFormWords` the words. */
export const csvFormSchema = z.enum([
  'boolean',
  'integer',
  'decimal',
  'float',
  'text',
  'binary',
  'date',
  'time',
  'timestamp',
  'instant',
  'json',
  'bits',
  'geometry',
  'vector',
  'native',
  'value',
]);
export type CsvForm = z.infer<typeof csvFormSchema>;

/** What a column becomes, for people. */
export const csvFormWords: Readonly<Record<CsvForm, string>> = {
  boolean: 'true or false',
  integer: 'whole number, every digit',
  decimal: 'decimal number, every digit',
  float: 'shortest exact number',
  text: 'text as it is',
  binary: '\\x and hex digits',
  date: 'YYYY-MM-DD',
  time: 'HH:MM:SS',
  timestamp: 'YYYY-MM-DD HH:MM:SS',
  instant: 'YYYY-MM-DD HH:MM:SS+00, in UTC',
  json: 'JSON as it is stored',
  bits: 'binary digits',
  geometry: 'EWKB in hex digits',
  vector: 'numbers in brackets',
  native: 'text as the database writes it',
  value: 'by the type of each value',
};

export const columnDetailSchema = columnSchema.extend({
  nullable: z.boolean(),
  /** `unique`: by itself, and not as a part of a longer key. */
  key: z.enum(['primary', 'unique']).nullable(),
  csv: csvFormSchema,
});
export type ColumnDetail = z.infer<typeof columnDetailSchema>;

/** The columns that a load would write, in its order. */
export const objectColumnsSchema = z.object({
  object: objectNameSchema,
  columns: z.array(columnDetailSchema),
});

/** A value as it stands in the CSV: null is NULL; of one that is too long its `start`, and its length in bytes. */
export const shownValueSchema = z.union([
  z.null(),
  z.string(),
  z.object({ start: z.string(), bytes: z.number().int().positive() }),
]);
export type ShownValue = z.infer<typeof shownValueSchema>;

export const firstRowsSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(shownValueSchema)),
  /** The object has more rows than these. */
  more: z.boolean(),
});
export type FirstRows = z.infer<typeof firstRowsSchema>;

export const objectRowsSchema = firstRowsSchema.extend({ object: objectNameSchema });
