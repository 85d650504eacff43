import type { Receipt } from '../../../shared/model.ts';

/** Hands the receipt to the user as a JSON file, as `sluice jobs show --json` prints it. */
export function saveReceipt(receipt: Receipt): void {
  const text = `${JSON.stringify(receipt, null, 2)}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `sluice-receipt-${receipt.jobId}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
