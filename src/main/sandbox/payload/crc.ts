/** The CRCs that S3 knows and Node does not: CRC-32C and CRC-64/NVME, both reflected and table-driven. */

function table32(polynomial: number): Uint32Array {
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[index] = value >>> 0;
  }
  return table;
}

/** Two halves instead of one BigUint64Array: BigInt arithmetic is some fifty times slower. */
function table64(polynomial: bigint): { high: Uint32Array; low: Uint32Array } {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let value = BigInt(index);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    high[index] = Number(value >> 32n);
    low[index] = Number(value & 0xffffffffn);
  }
  return { high, low };
}

const castagnoli = table32(0x82f63b78);
const nvme = table64(0x9a6c9329ac4bc9b5n);

/** CRC-32C of `data`, going on from `previous` as zlib.crc32 does. */
export function crc32c(data: Uint8Array, previous = 0): number {
  let crc = ~previous;
  for (let index = 0; index < data.length; index++) {
    crc = (castagnoli[(crc ^ (data[index] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** A running CRC-64/NVME. */
export class Crc64Nvme {
  private high = 0xffffffff;
  private low = 0xffffffff;

  update(data: Uint8Array): void {
    let { high, low } = this;
    for (let index = 0; index < data.length; index++) {
      const entry = (low ^ (data[index] as number)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (nvme.low[entry] as number);
      high = (high >>> 8) ^ (nvme.high[entry] as number);
    }
    this.high = high;
    this.low = low;
  }

  /** Big-endian, as S3 writes it. */
  digest(): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(~this.high >>> 0, 0);
    bytes.writeUInt32BE(~this.low >>> 0, 4);
    return bytes;
  }
}
