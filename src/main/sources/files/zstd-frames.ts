/**
 * Cuts a zstd file into its frames. Node's decoder stops at the end of the first one without a word, and `pzstd`,
 * `cat` and others write several.
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1
 */
export interface FramePiece {
  readonly bytes: Buffer;
  /** The frame ends with this piece. */
  readonly last: boolean;
}

const magic = 0xfd2fb528;
/** Frames that hold no data, from here on sixteen kinds. */
const skippable = 0x184d2a50;
const longestHeader = 18;

/**
 * All pieces of all frames with data, in order. A file that is cut off ends with a piece that is not the last of
 * its frame, which the decoder finds out.
 * @throws Error with the code ZSTD_UNKNOWN_FRAME where something else follows a frame
 */
export async function* framePieces(source: AsyncIterable<Buffer>): AsyncGenerator<FramePiece, void, void> {
  let rest: Buffer = Buffer.alloc(0);
  /** Bytes until the next header, and whether they belong to a frame with data. */
  let until = 0;
  let inData = false;
  let next: 'frame' | 'block' | 'end' = 'frame';
  let checksum = 0;

  function* cut(bytes: Buffer, whole: boolean): Generator<FramePiece, Buffer, void> {
    let from = 0;
    let at = 0;
    for (;;) {
      const step = Math.min(until, bytes.length - at);
      at += step;
      until -= step;
      if (until > 0) break;
      if (next === 'end') {
        yield { bytes: bytes.subarray(from, at), last: true };
        from = at;
        next = 'frame';
        inData = false;
      }
      if (!inData) from = at;
      const left = bytes.length - at;
      if (left === 0) break;
      if (next === 'frame') {
        if (left < longestHeader && !whole) break;
        const header = readHeader(bytes, at);
        until = header.length;
        inData = header.data;
        checksum = header.checksum;
        next = header.data ? 'block' : 'frame';
      } else {
        if (left < 3) break;
        const block = bytes.readUIntLE(at, 3);
        const isRun = ((block >> 1) & 3) === 1;
        const last = (block & 1) === 1;
        until = 3 + (isRun ? 1 : block >> 3) + (last ? checksum : 0);
        next = last ? 'end' : 'block';
      }
    }
    if (inData && at > from) yield { bytes: bytes.subarray(from, at), last: false };
    return bytes.subarray(at);
  }

  for await (const bytes of source) {
    rest = yield* cut(rest.length === 0 ? bytes : Buffer.concat([rest, bytes]), false);
  }
  rest = yield* cut(rest, true);
  // the decoder is to see that there is something, and not enough
  if (rest.length > 0) yield { bytes: rest, last: false };
}

function readHeader(bytes: Buffer, at: number) {
  const found = bytes.length - at >= 5 ? bytes.readUInt32LE(at) : 0;
  if (found >>> 4 === skippable >>> 4) {
    const size = bytes.length - at >= 8 ? bytes.readUInt32LE(at + 4) : 0;
    return { length: 8 + size, data: false, checksum: 0 };
  }
  if (found !== magic) {
    throw Object.assign(new Error('Unknown frame'), { code: 'ZSTD_UNKNOWN_FRAME' });
  }
  const descriptor = bytes[at + 4] ?? 0;
  const single = (descriptor >> 5) & 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const size = [single, 2, 4, 8][descriptor >> 6] ?? 0;
  return {
    length: 5 + (single === 1 ? 0 : 1) + dictionary + size,
    data: true,
    checksum: ((descriptor >> 2) & 1) * 4,
  };
}
