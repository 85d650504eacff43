/** A receipt as a table for spreadsheets: a line per file, and one per object that has none. */
import { stringify } from 'csv-stringify/sync';
import type { LoadedFile, Receipt } from '../../shared/model.ts';

type ReceiptObject = Receipt['objects'][number];

/** UTF-8 text with a header; a name that a spreadsheet would take for a formula is made harmless. */
export function receiptCsv(receipt: Receipt): string {
  const lines = receipt.objects.flatMap((object) =>
    object.files.length === 0
      ? [lineOf(receipt, object)]
      : object.files.map((file) => lineOf(receipt, object, file)),
  );
  return stringify(lines, { header: true, record_delimiter: '\n', escape_formulas: true });
}

const lineOf = (receipt: Receipt, object: ReceiptObject, file?: LoadedFile) => ({
  job_id: receipt.jobId,
  pipeline: receipt.pipeline,
  started_at: receipt.startedAt,
  ended_at: receipt.endedAt,
  snapshot_at: receipt.snapshotAt,
  resumed_at: receipt.resumedAt.join(' '),
  time_zone: receipt.timeZone,
  sluice_version: receipt.version,
  source_version: receipt.sourceVersion,
  database: receipt.database,
  object: object.object,
  state: object.state,
  read_from: object.readFrom,
  read_to: object.readTo,
  content_hash: object.contentHash,
  destination: receipt.destination.name,
  region: receipt.destination.region,
  bucket: receipt.bucket,
  key: file?.key,
  rows: file?.rows ?? 0,
  bytes: file?.bytes,
  csv_bytes: file?.csvBytes,
  checksum: file?.checksum,
  confirmed_by_s3: file?.confirmed,
  removed_at: file?.removedAt,
  set_aside_rows: object.setAside?.rows,
  set_aside_report: object.setAside?.report,
  query: object.query,
  error: object.error?.message,
});
