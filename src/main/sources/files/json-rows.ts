/**
 * JSON text as rows: NDJSON, an array of objects, or objects one after another. Values keep their very digits and
 * their very text, which no parser that makes numbers of them would leave them.
 */
import { isUtf8 } from 'node:buffer';
import { longestRow } from './csv-rows.ts';

/** One object of the file, not yet looked into. */
export interface JsonPiece {
  readonly bytes: Buffer;
  /** Where it begins, from 1. */
  readonly line: number;
  /** Why it cannot be read, where that is known already. */
  readonly reason?: string;
}

const [lineFeed, quote, backslash, comma] = [0x0a, 0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === lineFeed || byte === 0x0d || byte === 0x09;

/** Cuts the text into its objects. `byLine`: each line is one, so that a broken one does no harm to the next. */
export async function* jsonPieces(text: AsyncIterable<Buffer>): AsyncGenerator<JsonPiece, void, void> {
  let rest: Buffer = Buffer.alloc(0);
  let cutter: Cutter | undefined;
  for await (const bytes of text) {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    cutter ??= cutterFor(rest, false);
    if (cutter === undefined) continue;
    rest = yield* cutter(rest, false);
  }
  cutter ??= cutterFor(rest, true);
  if (cutter !== undefined) yield* cutter(rest, true);
}

type Cutter = (bytes: Buffer, last: boolean) => Generator<JsonPiece, Buffer, void>;

/** Lines, where the first one is an object by itself; undefined where too little is known yet. */
function cutterFor(bytes: Buffer, last: boolean): Cutter | undefined {
  const start = bytes.findIndex((byte) => !isSpace(byte));
  if (start < 0) return last ? lineCutter() : undefined;
  if (bytes[start] === openBracket) return valueCutter();
  const end = bytes.indexOf(lineFeed, start);
  if (end < 0 && !last && bytes.length <= longestRow) return undefined;
  const first = bytes.toString('utf8', start, end < 0 ? bytes.length : end);
  // a line that only begins an object is one of several that it is written over
  return /^\{\s*$/.test(first) || (!isJson(first.trim()) && !/\}\s*$/.test(first))
    ? valueCutter()
    : lineCutter();
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function lineCutter(): Cutter {
  let line = 0;
  return function* cut(bytes, last) {
    let from = 0;
    while (from < bytes.length) {
      const end = bytes.indexOf(lineFeed, from);
      if (end < 0 && !last) {
        if (bytes.length - from > longestRow) throw tooLong(line + 1);
        break;
      }
      const to = end < 0 ? bytes.length : end;
      line += 1;
      const piece = trimmed(bytes.subarray(from, to));
      if (piece.length > 0) yield { bytes: piece, line };
      from = to + 1;
    }
    return Buffer.from(bytes.subarray(from));
  };
}

function trimmed(bytes: Buffer): Buffer {
  let [from, to] = [0, bytes.length];
  while (from < to && isSpace(bytes[from])) from += 1;
  while (to > from && isSpace(bytes[to - 1])) to -= 1;
  return bytes.subarray(from, to);
}

const tooLong = (line: number): JsonBroken => new JsonBroken(line, 'it is longer than 16 MiB');

/** The text cannot be cut any further: nothing tells where the next object begins. */
export class JsonBroken extends Error {
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

/** By braces and brackets, whatever lines they stand on. */
function valueCutter(): Cutter {
  let line = 1;
  let state: 'start' | 'element' | 'between' | 'end' = 'start';
  let inArray = false;
  return function* cut(bytes, last) {
    let at = 0;
    for (;;) {
      while (at < bytes.length && isSpace(bytes[at])) {
        if (bytes[at] === lineFeed) line += 1;
        at += 1;
      }
      const byte = bytes[at];
      if (byte === undefined) {
        if (last && inArray && state !== 'end') throw new JsonBroken(line, 'the array is not closed');
        break;
      }
      if (state === 'start' && byte === openBracket) {
        inArray = true;
        state = 'element';
        at += 1;
      } else if (inArray && byte === closeBracket && (state === 'between' || state === 'element')) {
        state = 'end';
        at += 1;
      } else if (inArray && state === 'between' && byte === comma) {
        state = 'start';
        at += 1;
        inArray = true;
      } else if (state !== 'end' && !(inArray && state === 'between') && byte === openBrace) {
        const end = endOfValue(bytes, at);
        if (end < 0) {
          if (last) throw new JsonBroken(line, 'the object is not closed');
          if (bytes.length - at > longestRow) throw tooLong(line);
          break;
        }
        const piece = bytes.subarray(at, end);
        yield { bytes: piece, line };
        for (const one of piece) if (one === lineFeed) line += 1;
        at = end;
        state = 'between';
      } else {
        throw new JsonBroken(line, 'an object was expected');
      }
    }
    return Buffer.from(bytes.subarray(at));
  };
}

/** Behind the bracket that closes the one at `from`; -1 where it does not come. */
function endOfValue(bytes: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) {
      at += 1;
      while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
    } else if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

export type JsonRow =
  | { readonly fields: ReadonlyMap<string, string | null> }
  /** Why it is no row. */
  | { readonly reason: string };

/**
 * The members of one object: strings as their text, numbers and truth values as they are written, null as NULL,
 * objects and arrays as their JSON, character by character.
 */
export function rowOf(bytes: Buffer): JsonRow {
  if (!isUtf8(bytes)) return { reason: 'it holds bytes that are not UTF-8' };
  const text = bytes.toString();
  try {
    // the judge of what is JSON; what is taken from the text below relies on it
    JSON.parse(text);
  } catch {
    return { reason: 'it is not valid JSON' };
  }
  if (!text.startsWith('{')) return { reason: 'it is not an object' };
  const fields = new Map<string, string | null>();
  let at = afterSpace(text, 1);
  while (text[at] !== '}') {
    const keyEnd = endOfText(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    at = afterSpace(text, afterSpace(text, keyEnd) + 1);
    const end = endOfMember(text, at);
    const value = memberValue(text.slice(at, end));
    if (fields.has(key)) return { reason: `it has the key ${JSON.stringify(key)} twice` };
    if (value?.isWellFormed() === false || !key.isWellFormed()) {
      return { reason: 'it holds half of a character (a lone surrogate)' };
    }
    fields.set(key, value);
    at = afterSpace(text, end);
    if (text[at] === ',') at = afterSpace(text, at + 1);
  }
  return { fields };
}

function memberValue(raw: string): string | null {
  if (raw === 'null') return null;
  return raw.startsWith('"') ? (JSON.parse(raw) as string) : raw;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** Behind the closing quote of the string that begins at `from`. */
function endOfText(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfMember(text: string, from: number): number {
  if (text[from] === '"') return endOfText(text, from);
  let depth = 0;
  let at = from;
  for (;;) {
    const one = text[at];
    if (one === '"') {
      at = endOfText(text, at);
      continue;
    }
    if (one === '{' || one === '[') depth += 1;
    else if (one === '}' || one === ']') {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (one === ',' || isSpace(text.charCodeAt(at)))) return at;
    at += 1;
  }
}
