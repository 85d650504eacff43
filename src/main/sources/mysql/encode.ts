/**
 * From the bytes of a field, as MySQL sends them, to the bytes of the same field in a part file. No value
 * becomes a JavaScript string on the way but the floats, which MySQL writes in another form than the dialect.
 */
import { floatText, floatText4 } from '../dialect.ts';

/** Writes `source[from…to)` to `target` at `at`; returns where it ended. Never called for NULL. */
export type FieldEncoder = (source: Buffer, from: number, to: number, target: Buffer, at: number) => number;

const quote = 0x22;
const comma = 0x2c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const backslash = 0x5c;
const dot = 0x2e;
const zero = 0x30;

/** Numbers, dates and years: nothing in them is special to CSV. */
export const plain: FieldEncoder = (source, from, to, target, at) => {
  let end = at;
  for (let index = from; index < to; index += 1) target[end++] = source[index] ?? 0;
  return end;
};

/** Longer texts are copied by the system; below, the call costs more than the copy. */
const shortText = 96;

/** In quotes only where a reader needs them, as `load/csv.ts` has it. */
export const text: FieldEncoder = (source, from, to, target, at) => {
  const length = to - from;
  if (length === 0 || mustQuote(source, from, to)) return quotedText(source, from, to, target, at);
  if (length > shortText) return at + source.copy(target, at, from, to);
  let end = at;
  for (let index = from; index < to; index += 1) target[end++] = source[index] ?? 0;
  return end;
};

function mustQuote(source: Buffer, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) {
    const byte = source[index] ?? 0;
    if (byte === comma || byte === quote || byte === lineFeed || byte === carriageReturn) return true;
  }
  // PostgreSQL's COPY FROM takes a bare \. for the end of the data; a BOM must not begin the file
  if (to - from === 2) return source[from] === backslash && source[from + 1] === dot;
  return source[from] === 0xef && source[from + 1] === 0xbb && source[from + 2] === 0xbf;
}

function quotedText(source: Buffer, from: number, to: number, target: Buffer, at: number): number {
  let end = at;
  target[end++] = quote;
  for (let index = from; index < to; index += 1) {
    const byte = source[index] ?? 0;
    if (byte === quote) target[end++] = quote;
    target[end++] = byte;
  }
  target[end++] = quote;
  return end;
}

const hexDigits = Buffer.from('0123456789abcdef');

/** `\x` and lower-case digits. */
export const binary: FieldEncoder = (source, from, to, target, at) => {
  target[at] = backslash;
  target[at + 1] = 0x78;
  return hex(source, from, to, target, at + 2);
};

function hex(source: Buffer, from: number, to: number, target: Buffer, at: number): number {
  let end = at;
  for (let index = from; index < to; index += 1) {
    const byte = source[index] ?? 0;
    target[end++] = hexDigits[byte >> 4] ?? 0;
    target[end++] = hexDigits[byte & 0xf] ?? 0;
  }
  return end;
}

/** BIT(n) as its n digits, as PostgreSQL writes its bit strings. `width` is n, from 1 to 64. */
export const bits =
  (width: number): FieldEncoder =>
  (source, _from, to, target, at) => {
    for (let digit = 0; digit < width; digit += 1) {
      const place = width - 1 - digit;
      const byte = source[to - 1 - (place >> 3)] ?? 0;
      target[at + digit] = zero + ((byte >> (place & 7)) & 1);
    }
    return at + width;
  };

/** A DOUBLE, which MySQL writes in its shortest exact digits. */
export const double: FieldEncoder = (source, from, to, target, at) =>
  at + target.write(floatText(Number(source.toString('latin1', from, to))), at, 'latin1');

/** A FLOAT that was sent as the DOUBLE of the same value: MySQL itself shows only six of its digits. */
export const float: FieldEncoder = (source, from, to, target, at) =>
  at + target.write(floatText4(Number(source.toString('latin1', from, to))), at, 'latin1');

/** Times: the zeros that fill up the declared digits of a second are no part of the value. */
export const time: FieldEncoder = (source, from, to, target, at) =>
  plain(source, from, withoutZeros(source, from, to), target, at);

const zone = Buffer.from('+00');

/** TIMESTAMP, read in UTC. The zero timestamp is no moment, so it has no zone either. */
export const instant: FieldEncoder = (source, from, to, target, at) => {
  const end = time(source, from, to, target, at);
  return source.toString('latin1', from, from + 4) === '0000' ? end : end + zone.copy(target, end);
};

function withoutZeros(source: Buffer, from: number, to: number): number {
  let point = from;
  while (point < to && source[point] !== dot) point += 1;
  if (point === to) return to;
  let end = to;
  while (source[end - 1] === zero) end -= 1;
  return end - 1 === point ? point : end;
}

const sridBytes = 4;
const hasSrid = 0x20000000;

/**
 * Geometries as PostGIS writes them, EWKB in upper-case hex: MySQL stores the SRID (little-endian) and then WKB;
 * EWKB has the SRID after the type, whose third-highest bit says so.
 */
export const geometry: FieldEncoder = (source, from, to, target, at) => {
  const wkb = Buffer.from(source.subarray(from + sridBytes, to));
  const srid = source.readUInt32LE(from);
  const head = srid === 0 ? wkb.subarray(0, 0) : ewkbHead(wkb, srid);
  const body = srid === 0 ? wkb : wkb.subarray(5);
  return at + target.write(Buffer.concat([head, body]).toString('hex').toUpperCase(), at, 'latin1');
};

/** Byte order, type and SRID; all of it in the byte order that the first byte names. */
function ewkbHead(wkb: Buffer, srid: number): Buffer {
  const head = Buffer.alloc(9);
  head[0] = wkb[0] ?? 1;
  if (head[0] === 1) {
    head.writeUInt32LE((wkb.readUInt32LE(1) | hasSrid) >>> 0, 1);
    head.writeUInt32LE(srid, 5);
  } else {
    head.writeUInt32BE((wkb.readUInt32BE(1) | hasSrid) >>> 0, 1);
    head.writeUInt32BE(srid, 5);
  }
  return head;
}

/** VECTOR: four-byte floats, written as pgvector does, in quotes for their commas. */
export const vector: FieldEncoder = (source, from, to, target, at) => {
  const numbers: string[] = [];
  for (let index = from; index + 4 <= to; index += 4) numbers.push(floatText4(source.readFloatLE(index)));
  return at + target.write(`"[${numbers.join(',')}]"`, at, 'latin1');
};

const questionMark = 0x3f;

/** Text of a character set that Unicode does not cover: the server sends `?` for what it cannot convert. */
export const watchedText =
  (onQuestionMark: () => void): FieldEncoder =>
  (source, from, to, target, at) => {
    for (let index = from; index < to; index += 1) {
      if (source[index] !== questionMark) continue;
      onQuestionMark();
      break;
    }
    return text(source, from, to, target, at);
  };
