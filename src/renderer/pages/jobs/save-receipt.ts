/** Hands a receipt to the user as a file. */
import type { Receipt } from '../../../shared/model.ts';
import { client } from '../../app/api.ts';
import { saveFile } from '../../components/save-file.ts';

/** As `sluice jobs show --json` prints it. */
export function saveReceipt(receipt: Receipt): void {
  saveFile(`sluice-receipt-${receipt.jobId}.json`, `${JSON.stringify(receipt, null, 2)}\n`);
}

/** As a table for spreadsheets: a line per file. */
export async function saveReceiptTable(jobId: string): Promise<void> {
  const { csv } = await client.jobs.receiptCsv({ jobId });
  saveFile(`sluice-receipt-${jobId}.csv`, csv);
}
