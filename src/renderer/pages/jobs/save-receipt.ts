/** Hands a receipt to the user as a file. */
import type { Receipt } from '../../../shared/model.ts';
import { client } from '../../app/api.ts';

/** As `sluice jobs show --json` prints it. */
export function saveReceipt(receipt: Receipt): void {
  saveFile(receipt.jobId, 'json', `${JSON.stringify(receipt, null, 2)}\n`);
}

/** As a table for spreadsheets: a line per file. */
export async function saveReceiptTable(jobId: string): Promise<void> {
  const { csv } = await client.jobs.receiptCsv({ jobId });
  saveFile(jobId, 'csv', csv);
}

const types = { json: 'application/json', csv: 'text/csv' } as const;

function saveFile(jobId: string, ending: keyof typeof types, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: types[ending] }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `sluice-receipt-${jobId}.${ending}`;
  link.click();
  URL.revokeObjectURL(url);
}
