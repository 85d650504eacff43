/** The history as the journal of one job: entries that come together share one wait for the disk. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Journal, JournalEntries } from '../load/journal.ts';
import type { History } from '../stores/history.ts';

type Record = (entries: JournalEntries) => void;

/** Milliseconds that a record waits for others at the most, however slow the disk is. */
const longestGathering = 10;
/** Milliseconds after which a note is written by itself. */
const noteAfter = 200;

/**
 * A load of many small objects would wait for the disk several times for each. So records gather for as long as the
 * last write took, and are written in order, in one transaction: the disk takes half of the time at the most.
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
  let took = 0;
  let notes: NodeJS.Timeout | undefined;

  async function write(): Promise<void> {
    const gathering = Math.min(Math.round(took), longestGathering);
    await (gathering === 0 ? setImmediate() : setTimeout(gathering));
    const acts = waiting;
    waiting = [];
    turn = undefined;
    globalThis.clearTimeout(notes);
    notes = undefined;
    if (failure !== undefined) throw failure;
    const began = performance.now();
    try {
      history.together(() => {
        for (const act of acts) act(entries);
      });
    } catch (error) {
      failure = error;
      throw error;
    }
    took = performance.now() - began;
  }

  function writeSoon(): Promise<void> {
    if (turn === undefined) {
      turn = write();
      // Whoever depends on the record waits for it; a failure that nobody waits for is met by the next one.
      turn.catch(() => undefined);
    }
    return turn;
  }

  return {
    record(act) {
      waiting.push(act);
      return writeSoon();
    },
    note(act) {
      waiting.push(act);
      if (turn === undefined) notes ??= globalThis.setTimeout(writeSoon, noteAfter);
    },
    appendedBefore: (ordinal, contentHash) => history.appendedBefore(jobId, ordinal, contentHash),
    get failure() {
      return failure;
    },
  };
}
