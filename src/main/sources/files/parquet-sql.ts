/** What DuckDB is asked, so that it writes each value in the words of the CSV dialect. Pure. */
import type { CsvForm } from '../../../shared/browse.ts';

export interface ParquetColumn {
  readonly name: string;
  /** As DuckDB calls it. */
  readonly type: string;
}

/**
 * DuckDB writes 1000000.0 for a million, and a single-precision number with digits that it does not have. `sluice_f8`
 * and `sluice_f4` write them as PostgreSQL does: the shortest digits, scientific below 1e-04 and from 1e+15 or 1e+06 on.
 */
export const macros: readonly string[] = [
  `CREATE MACRO sluice_digits(x) AS rtrim(replace(abs(x)::VARCHAR, '.', ''), '0')`,
  `CREATE MACRO sluice_special(x) AS CASE WHEN isnan(x) THEN 'NaN' WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END`,
  `CREATE MACRO sluice_f8(x) AS CASE WHEN x IS NULL THEN NULL WHEN NOT isfinite(x) THEN sluice_special(x)
    WHEN abs(x) < 1e15 THEN regexp_replace(x::VARCHAR, '\\.0$', '') WHEN contains(x::VARCHAR, 'e') THEN x::VARCHAR
    ELSE if(x < 0, '-', '') || sluice_digits(x)[1] || if(length(sluice_digits(x)) > 1, '.' || sluice_digits(x)[2:], '')
      || 'e+' || (length(split_part(abs(x)::VARCHAR, '.', 1)) - 1)::VARCHAR END`,
  `CREATE MACRO sluice_short(x) AS CASE ${Array.from(
    { length: 8 },
    (_, digits) =>
      `WHEN format('{:.${digits}e}', x::DOUBLE)::FLOAT = x THEN format('{:.${digits}e}', x::DOUBLE)`,
  ).join(' ')} ELSE format('{:.8e}', x::DOUBLE) END`,
  `CREATE MACRO sluice_f4(x) AS CASE WHEN x IS NULL THEN NULL WHEN NOT isfinite(x) THEN sluice_special(x)
    WHEN x = 0 THEN regexp_replace(x::VARCHAR, '\\.0$', '')
    WHEN abs(sluice_short(x)::DOUBLE) < 1e6 AND abs(sluice_short(x)::DOUBLE) >= 1e-4
      THEN regexp_replace(sluice_short(x)::DOUBLE::VARCHAR, '\\.0$', '') ELSE sluice_short(x) END`,
  // DuckDB writes "0044-03-15 (BC) 01:02:03"
  `CREATE MACRO sluice_era(t) AS if(contains(t, ' (BC)'), replace(t, ' (BC)', '') || ' BC', t)`,
  `CREATE MACRO sluice_text(t) AS CASE WHEN t IS NULL THEN ''
    WHEN regexp_matches(t, '[",\\n\\r]|^$|^\\\\\\.$|^\\x{FEFF}') THEN '"' || replace(t, '"', '""') || '"' ELSE t END`,
];

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The path of one file, in which DuckDB would take `*`, `?` and `[` for a pattern. */
export const fileLiteral = (path: string): string => literal(path.replace(/[*?[]/g, '[$&]'));

const integers = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|BIGNUM)$/;
const nested = /(\]|^(STRUCT|MAP|UNION)\(.*)$/s;

export function formOf(type: string): CsvForm {
  if (nested.test(type)) return 'json';
  if (integers.test(type)) return 'integer';
  if (type.startsWith('DECIMAL')) return 'decimal';
  if (type.startsWith('TIMESTAMP WITH')) return 'instant';
  if (type.startsWith('TIMESTAMP')) return 'timestamp';
  if (type.startsWith('TIME')) return 'time';
  const forms: Readonly<Record<string, CsvForm>> = {
    ...{ BOOLEAN: 'boolean', FLOAT: 'float', DOUBLE: 'float', DATE: 'date', BLOB: 'binary' },
    ...{ JSON: 'json', VARCHAR: 'text', UUID: 'text' },
  };
  return forms[type] ?? 'native';
}

/** The whole row as one line of CSV without its end. */
export const lineOf = (columns: readonly ParquetColumn[]): string => columns.map(fieldOf).join(` || ',' || `);

/** to_json makes doubles of decimals that have up to 18 digits, and keeps every digit of wider ones. */
const exact = (column: string, type: string): string =>
  type.includes('DECIMAL(') ? `${column}::${type.replace(/DECIMAL\(\d+,/g, 'DECIMAL(38,')}` : column;

function fieldOf({ name, type }: ParquetColumn): string {
  const column = identifier(name);
  switch (formOf(type)) {
    case 'boolean':
    case 'integer':
    case 'decimal':
      return `coalesce(${column}::VARCHAR, '')`;
    case 'float':
      return `coalesce(${type === 'FLOAT' ? 'sluice_f4' : 'sluice_f8'}(${column}), '')`;
    case 'binary':
      return `coalesce('\\x' || lower(hex(${column})), '')`;
    case 'date':
    case 'timestamp':
    case 'instant':
      return `coalesce(sluice_era(${column}::VARCHAR), '')`;
    case 'json':
      return type === 'JSON'
        ? `sluice_text(${column}::VARCHAR)`
        : `sluice_text(CASE WHEN ${column} IS NOT NULL THEN to_json(${exact(column, type)})::VARCHAR END)`;
    default:
      return `sluice_text(${column}::VARCHAR)`;
  }
}
