/** Finds text that did not arrive as it is stored. */
import { isUtf8 } from 'node:buffer';
import { quote } from './catalogue.ts';
import type { Session } from './session.ts';

/**
 * @param first only in that many rows; in all of them where it is absent
 * @returns true where the server replaced something by `?` when it sent the column: then there are more of them in the
 * UTF-8 that it makes of the column than in the column itself.
 */
export async function hasReplacedText(
  session: Session,
  table: string,
  column: string,
  first?: number,
): Promise<boolean> {
  const name = quote(column);
  const marks = (text: string): string => `CHAR_LENGTH(${text}) - CHAR_LENGTH(REPLACE(${text}, '?', ''))`;
  const from =
    first === undefined ? quote(table) : `(SELECT ${name} FROM ${quote(table)} LIMIT ${first}) AS looked`;
  const sent = `CONVERT(${name} USING utf8mb4)`;
  const rows = await session.query(`SELECT 1 FROM ${from} WHERE ${marks(sent)} > ${marks(name)} LIMIT 1`);
  return rows.length > 0;
}

const comma = 0x2c;
const quotation = 0x22;
const lineFeed = 0x0a;

/** The number of the first column, from 0, of CSV rows of ours whose bytes are no UTF-8; -1 where all are. */
export function invalidColumn(rows: Buffer): number {
  let column = 0;
  let start = 0;
  let inQuotes = false;
  for (let at = 0; at < rows.length; at += 1) {
    const byte = rows[at];
    if (byte === quotation) inQuotes = !inQuotes;
    if (inQuotes || (byte !== comma && byte !== lineFeed)) continue;
    if (!isUtf8(rows.subarray(start, at))) return column;
    column = byte === comma ? column + 1 : 0;
    start = at + 1;
  }
  return -1;
}
