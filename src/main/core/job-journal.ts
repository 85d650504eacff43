/** The history as the journal of one job: entries that come together share one wait for the disk. */
import type { Journal, JournalEntries } from '../load/journal.ts';
import type { History } from '../stores/history.ts';

type Record = (entries: JournalEntries) => void;

/**
 * A load of many small objects would wait for the disk several times for each. So what is recorded in one turn of
 * the event loop is written at its end, in order, in one transaction.
 */
export function journalOf(history: History, jobId: string): Journal {
  const entries: JournalEntries = {
    setSnapshot: (at, sourceVersion) => history.setSnapshot(jobId, at.toISOString(), sourceVersion),
    setObject: (ordinal, change) => history.setObject(jobId, ordinal, change),
    addFile: (ordinal, file) => history.addFile(jobId, ordinal, file),
    setFile: (ordinal, seq, change) => history.setFile(jobId, ordinal, seq, change),
    addLeftUpload: (upload) => history.addLeftUpload({ jobId, ...upload }),
  };
  let waiting: Record[] = [];
  let turn: Promise<void> | undefined;
  let failure: unknown;

  async function write(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const acts = waiting;
    waiting = [];
    turn = undefined;
    if (failure !== undefined) throw failure;
    try {
      history.together(() => {
        for (const act of acts) act(entries);
      });
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  return {
    record(act) {
      waiting.push(act);
      if (turn === undefined) {
        turn = write();
        // Whoever depends on the record waits for it; a failure that nobody waits for is met by the next one.
        turn.catch(() => undefined);
      }
      return turn;
    },
    appendedBefore: (ordinal, contentHash) => history.appendedBefore(jobId, ordinal, contentHash),
    get failure() {
      return failure;
    },
  };
}
