/** Where the rows that jobs have set aside are kept. */
import { join } from 'node:path';

/** @param folder the data folder */
export const reportOf = (folder: string, jobId: string, ordinal: number): string =>
  join(folder, 'reports', jobId, `${ordinal + 1}.csv`);
