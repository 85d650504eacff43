/** What a load would write, judged from a sample of each object. Nothing is written. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Estimate } from '../../shared/model.ts';
import type { ObjectReader } from '../sources/source.ts';
import { chunksOf } from './csv.ts';
import type { LoadOptions } from './object-load.ts';

type ObjectEstimate = Omit<Estimate['objects'][number], 'object' | 'path'>;

/** CSV bytes that are read of each object; an object that ends before is counted exactly. */
const sampleBytes = 4 * 1024 * 1024;

const compress = promisify(gzip) as (bytes: Buffer, options: { level: number }) => Promise<Buffer>;

/**
 * Estimates one object.
 * @param estimatedRows the engine's own estimate of its rows, null where it has none
 */
export async function estimateObject(
  reader: ObjectReader,
  estimatedRows: number | null,
  options: LoadOptions,
  signal: AbortSignal,
): Promise<ObjectEstimate> {
  // The reading ends with the sample; the signal ends the query with it.
  const enough = new AbortController();
  const sample: Buffer[] = [];
  let bytes = 0;
  let sampled = 0;
  let complete = true;
  for await (const chunk of chunksOf(reader.read(AbortSignal.any([signal, enough.signal])))) {
    sample.push(chunk.bytes);
    bytes += chunk.bytes.length;
    sampled += chunk.rows;
    if (bytes >= sampleBytes) {
      complete = false;
      break;
    }
  }
  enough.abort();
  if (sampled === 0) return { rows: 0, files: 0, bytes: 0, requests: 0 };
  const rows = complete ? sampled : estimatedRows === null ? null : Math.max(estimatedRows, sampled);
  if (rows === null) return { rows, files: null, bytes: null, requests: null };
  const compressed = await compress(Buffer.concat(sample, bytes), { level: options.gzipLevel });
  const total = Math.ceil((compressed.length / sampled) * rows);
  const files = Math.max(1, Math.ceil(total / options.fileBytes));
  return { rows, files, bytes: total, requests: requestsFor(total, files, options) };
}

/** One PutObject for a small file; else one request to begin, one per part, one to complete. */
function requestsFor(bytes: number, files: number, { partBytes }: LoadOptions): number {
  const perFile = Math.ceil(bytes / files / partBytes);
  return perFile <= 1 ? files : files * (perFile + 2);
}
