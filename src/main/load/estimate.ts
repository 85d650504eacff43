/** What a load would write, judged from a sample of each object. Nothing is written. */
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Estimate } from '../../shared/model.ts';
import type { ObjectReader } from '../sources/source.ts';
import { chunksOf, encodeHeader } from './csv.ts';
import type { LoadOptions } from './options.ts';

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
  const started = performance.now();
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
  const readMs = performance.now() - started;
  enough.abort();
  if (sampled === 0) return { ...nothing, seconds: readMs / 1000 };
  const rows = complete ? sampled : estimatedRows === null ? null : Math.max(estimatedRows, sampled);
  if (rows === null) return unknown;
  const begun = performance.now();
  const header = encodeHeader(reader.columns);
  const compressed = await compress(Buffer.concat([header, ...sample]), { level: options.gzipLevel });
  const compressMs = (performance.now() - begun) / availableParallelism();
  const scale = rows / sampled;
  const total = Math.ceil(compressed.length * scale);
  const files = Math.max(1, Math.ceil(total / options.fileBytes));
  return {
    exact: complete,
    rows,
    files,
    bytes: total,
    csvBytes: Math.round(bytes * scale) + files * header.length,
    requests: requestsFor(total, files, options),
    // Reading and compressing go on at the same time.
    seconds: (Math.max(readMs, compressMs) * scale) / 1000,
  };
}

const nothing = { exact: true, rows: 0, files: 0, bytes: 0, csvBytes: 0, requests: 0 };
const unknown = {
  ...{ exact: false, rows: null, files: null, bytes: null, csvBytes: null, requests: null, seconds: null },
};

/** One PutObject for a small object; else for each file one request to begin, one per part, one to complete. */
function requestsFor(bytes: number, files: number, { partBytes }: LoadOptions): number {
  const perFile = Math.ceil(bytes / files / partBytes);
  return files === 1 && perFile <= 1 ? 1 : files * (perFile + 2);
}
