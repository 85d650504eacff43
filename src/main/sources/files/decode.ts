/** Text of any encoding as UTF-8. */
import { transcode } from 'node:buffer';
import { SluiceError } from '../../../shared/errors.ts';

/** Names that are not TextDecoder's own. It takes "latin-1" for Windows-1252, which differs from it. */
const aliases: Readonly<Record<string, string>> = {
  utf8: 'utf-8',
  'latin-1': 'iso-8859-1',
  latin1: 'iso-8859-1',
  'iso8859-1': 'iso-8859-1',
  utf16: 'utf-16',
  cp1252: 'windows-1252',
};

/**
 * The name of an encoding as it is used here; `utf-16` takes the byte order from the mark at the beginning.
 * @throws SluiceError INPUT_INVALID
 */
export function encodingOf(text: string): string {
  const lower = text.trim().toLowerCase();
  const name = aliases[lower] ?? lower;
  if (name === 'iso-8859-1' || name === 'utf-16') return name;
  try {
    return new TextDecoder(name).encoding;
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `The encoding "${text}" is not known`, {
      fix: 'Use utf-8, utf-16, latin-1, windows-1252 or another name of the WHATWG list; or convert the file with iconv.',
      cause: error,
    });
  }
}

/** By the byte order mark; UTF-8 where there is none. */
export function encodingByMark(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

/**
 * The bytes as UTF-8, without a byte order mark. UTF-8 itself passes unchanged and unchecked.
 * @param encoding as of {@link encodingOf}; absent: by the byte order mark
 * @throws TypeError where the bytes are not of the encoding
 */
export async function* decoded(
  bytes: AsyncIterable<Buffer>,
  encoding: string | undefined,
): AsyncGenerator<Buffer, void, void> {
  let convert: ((bytes: Buffer, last: boolean) => Buffer) | undefined;
  let head: Buffer = Buffer.alloc(0);
  for await (const some of bytes) {
    if (convert !== undefined) {
      yield convert(some, false);
      continue;
    }
    // a mark may come in pieces
    head = head.length === 0 ? some : Buffer.concat([head, some]);
    if (head.length < 3) continue;
    convert = converter(head, encoding);
    yield convert(withoutMark(head), false);
  }
  convert ??= converter(head, encoding);
  yield convert(head.length < 3 ? withoutMark(head) : Buffer.alloc(0), true);
}

function converter(head: Buffer, encoding: string | undefined): (bytes: Buffer, last: boolean) => Buffer {
  const marked = encodingByMark(head);
  const name =
    encoding === undefined
      ? marked
      : encoding === 'utf-16'
        ? marked === 'utf-8'
          ? 'utf-16le'
          : marked
        : encoding;
  if (name === 'utf-8') return (bytes) => bytes;
  if (name === 'iso-8859-1') return (bytes) => transcode(bytes, 'latin1', 'utf8');
  const decoder = new TextDecoder(name, { fatal: true });
  return (bytes, last) => Buffer.from(decoder.decode(bytes, { stream: !last }));
}

/** Of UTF-8; that of UTF-16 the decoder drops by itself. */
const withoutMark = (head: Buffer): Buffer =>
  head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;
