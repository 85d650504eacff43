import type { ReactNode } from 'react';
import type { ShownValue } from '../../../shared/browse.ts';
import { formatCount } from '../format.ts';

interface PlainTableProps<T> {
  readonly label: string;
  readonly headers: readonly string[];
  readonly rows: readonly (readonly T[])[];
  readonly cell: (value: T) => ReactNode;
}

/**
 * A table as wide as it needs to be, in a box that scrolls. Cloudscape's own would squeeze a hundred columns, and
 * takes seconds to draw them.
 */
export function PlainTable<T>({ label, headers, rows, cell }: PlainTableProps<T>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="plain-table" aria-label={label} tabIndex={0}>
      <table aria-label={label}>
        <thead>
          <tr>
            {headers.map((header, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column has no other name than its place
              <th key={at} scope="col">
                <bdi>{header}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: neither has a row
            <tr key={line}>
              {row.map((value, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: nor a field
                <td key={at}>{cell(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A value as it stands in the file; what is no text of its own is told apart by its look and its words. */
export function Value({ value }: { readonly value: ShownValue }) {
  if (value === null) return <span className="no-value">NULL</span>;
  if (value === '') return <span className="no-value">empty text</span>;
  if (typeof value === 'string') return <bdi title={value}>{value}</bdi>;
  return (
    <>
      <bdi title={value.start}>{value.start.slice(0, 24)}…</bdi>{' '}
      <span className="no-value">cut: {formatCount(value.bytes)} bytes</span>
    </>
  );
}
