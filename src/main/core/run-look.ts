/** Carries out a look at an SQLite object, in the process that may be ended for it. */
import { lookPatience } from '../../shared/browse.ts';
import { SluiceError } from '../../shared/errors.ts';
import { openSqlite } from '../sources/sqlite.ts';
import type { FromJob, LookOrder } from './job-order.ts';

/** What was seen, or why nothing was. Never rejects. */
export async function runLook({ path, object, rows }: LookOrder): Promise<FromJob> {
  const { signal } = new AbortController();
  try {
    await using source = await openSqlite({ path, signal });
    return {
      say: 'looked',
      rows: await source.firstRows(object, { rows, milliseconds: lookPatience, signal }),
    };
  } catch (error) {
    const known =
      error instanceof SluiceError ? error : new SluiceError('INTERNAL', String(error), { cause: error });
    const { code, message, fix, details } = known;
    return { say: 'refused', error: { code, message, fix, details } };
  }
}
