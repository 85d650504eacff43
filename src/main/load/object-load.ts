/** One object: read once, written as part files, made visible all together or not at all. */
import { SluiceError } from '../../shared/errors.ts';
import type { Confirmation, LoadedFile, SetAside } from '../../shared/model.ts';
import type { Bucket } from '../access/bucket.ts';
import type { Findings, ObjectReader } from '../sources/source.ts';
import { commitFile } from './commit.ts';
import { withLeft } from './endings.ts';
import { checksumText, fileMetadata } from './file-identity.ts';
import { graceAfter } from './grace.ts';
import type { Journal } from './journal.ts';
import type { LoadOptions } from './options.ts';
import type { PartBuffers } from './part-buffers.ts';
import type { PartFile, StagedFile } from './part-file.ts';
import type { Permits } from './permits.ts';
import type { ObjectProgress } from './progress.ts';
import { type Staged, stage } from './stage.ts';
import { abortUploads, adviceOn, isUnsettled, type Left, unlistedOf, withdrawAll } from './withdraw.ts';

export interface ObjectTask {
  /** The object's place in the job. */
  readonly ordinal: number;
  readonly label: string;
  /** The directory path, with its slash at the end. */
  readonly path: string;
}

export interface LoadTools {
  readonly jobId: string;
  /** Goes on trying while the network is gone. */
  readonly bucket: Bucket;
  /** The same without that, for the way back. */
  readonly plainBucket: Bucket;
  readonly journal: Journal;
  readonly compressing: Permits;
  readonly buffers: PartBuffers;
  readonly options: LoadOptions;
  /** Goes on where the same content was appended before. */
  readonly force: boolean;
  readonly progress: ObjectProgress;
  /** The user cancels. */
  readonly signal: AbortSignal;
  /** The rest of the job makes going on pointless: reading stops, but what is being committed is committed. */
  readonly stopReading: AbortSignal;
  /** Told what reading comes across. */
  readonly findings: Findings;
  /** All is read: what was set aside, in a report that is complete. */
  readonly setAside: () => SetAside | undefined;
  /** Called when everything is read, and only then: the next object may be read. */
  readonly onRead: () => void;
}

export interface LoadResult {
  readonly rows: number;
  readonly files: readonly LoadedFile[];
  readonly warnings: readonly string[];
}

/** Milliseconds without an answer after which the way back is given up: for somebody who waits, and otherwise. */
const backPatience = { cancelled: 500, failed: 20_000 };

/**
 * Loads one object. When it throws, nothing of it is visible and no upload is left, except those that
 * `details.left` names, and except what an Unsettled error leaves to a later resume or discard.
 */
export async function loadObject(
  reader: ObjectReader,
  task: ObjectTask,
  tools: LoadTools,
): Promise<LoadResult> {
  const open: PartFile[] = [];
  // The first failure stops the reading and every other request of this object.
  const stop = new AbortController();
  const signal = AbortSignal.any([tools.signal, tools.stopReading, stop.signal]);
  let failure: { readonly error: unknown } | undefined;
  const onFailure = (error: unknown): void => {
    failure ??= { error };
    stop.abort();
  };
  const visible = new Map<string, 'maybe' | 'yes'>();
  try {
    const staged = await stage(reader, task, { ...tools, signal, onFailure }, open);
    signal.throwIfAborted();
    tools.onRead();
    tools.progress.enter('committing');
    refuseRepetition(staged, task, tools);
    await recordCommit(staged, task, tools);
    const confirmed = new Map<string, Confirmation>();
    const left = await commit(staged.files, { ...tools, ordinal: task.ordinal }, stop, visible, confirmed);
    for (const file of open) file.release();
    const files = staged.files.map((file) => loadedFile(file, confirmed.get(file.key)));
    return { rows: tools.progress.rows, files, warnings: left.map(leftWarning) };
  } catch (error) {
    onFailure(error);
    await Promise.all(open.map((file) => file.settled()));
    throw withLeft(failure?.error ?? error, await takeBack(open, visible, task, tools));
  }
}

/** Before anything is visible: the same content a second time is more often a mistake than a wish. */
function refuseRepetition(
  { contentHash }: Staged,
  { ordinal, label }: ObjectTask,
  { journal, force }: LoadTools,
): void {
  if (contentHash === undefined || force) return;
  const before = journal.appendedBefore(ordinal, contentHash);
  if (before === undefined) return;
  const { jobId, startedAt } = before;
  const message = `The very same content of ${label} was appended by the job ${jobId} of ${startedAt}`;
  throw new SluiceError('ALREADY_APPENDED', message, { details: { jobId, startedAt, contentHash } });
}

/** All files of the object in one record: from here on a crash is rolled forward. */
async function recordCommit(
  { files, contentHash, readTo }: Staged,
  { ordinal }: ObjectTask,
  { journal, progress, setAside: finishReport }: LoadTools,
): Promise<void> {
  const setAside = finishReport();
  await journal.record((entries) => {
    const hash = contentHash === undefined ? {} : { contentHash };
    entries.setObject(ordinal, {
      state: 'running',
      rows: progress.rows,
      readTo,
      ...hash,
      ...(setAside && { setAside }),
    });
    for (const { seq, key, rows, bytes, csvBytes, crc32, content } of files) {
      if (content.kind === 'body') entries.addFile(ordinal, { seq, key });
      const checksum = checksumText(crc32);
      entries.setFile(ordinal, seq, { state: 'committing', rows, bytes, csvBytes, checksum });
    }
  });
}

/** Requests of a commit at the same time. */
const commitsAtOnce = 4;

/**
 * Makes the staged files visible. When the user cancels, a request that is under way has a moment to be answered;
 * the way back looks after what is not known then.
 */
async function commit(
  staged: readonly StagedFile[],
  tools: LoadTools & Pick<ObjectTask, 'ordinal'>,
  stop: AbortController,
  visible: Map<string, 'maybe' | 'yes'>,
  confirmed: Map<string, Confirmation>,
): Promise<readonly Left[]> {
  const left: Left[] = [];
  const rest = staged.values();
  const cancel = AbortSignal.any([tools.signal, stop.signal]);
  using grace = graceAfter(cancel);
  async function worker(): Promise<void> {
    for (const file of rest) {
      cancel.throwIfAborted();
      visible.set(file.key, 'maybe');
      confirmed.set(file.key, await commitFile(tools.bucket, file, grace.signal));
      visible.set(file.key, 'yes');
      if (file.content.kind === 'body') tools.progress.sent(file.bytes);
      if (file.strays) left.push(...(await abortStrays(file, tools)));
    }
  }
  // The first one in time is the reason; the others were stopped for it.
  const failures: unknown[] = [];
  // All of them are waited for: the way back must not meet a request that is still under way.
  await Promise.all(
    Array.from({ length: commitsAtOnce }, () =>
      worker().catch((error: unknown) => {
        failures.push(error);
        stop.abort();
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
  return left;
}

/** Another upload of a file that is there already, whose answer was lost. What cannot be aborted is kept in mind. */
async function abortStrays(
  { key, seq }: StagedFile,
  { plainBucket, journal, ordinal }: LoadTools & Pick<ObjectTask, 'ordinal'>,
): Promise<readonly Left[]> {
  const left = await abortUploads(plainBucket, key, { known: [], strays: true });
  await journal.record((entries) => {
    entries.setFile(ordinal, seq, { state: 'committing', strays: false });
    for (const { upload } of left) if (upload !== undefined) entries.addLeftUpload(upload);
  });
  return left;
}

/** Removes everything of a failed object. Runs without the job's signal: a cancelled job must clean up too. */
async function takeBack(
  open: readonly PartFile[],
  visible: ReadonlyMap<string, 'maybe' | 'yes'>,
  { ordinal }: ObjectTask,
  tools: LoadTools,
): Promise<readonly Left[]> {
  const begun = open.filter(({ begun, key }) => begun || visible.has(key));
  const patience = tools.signal.aborted ? backPatience.cancelled : backPatience.failed;
  const left = await withdrawAll(
    tools.plainBucket,
    begun.map(({ key, seq, uploadId, strays }) => ({
      ...{ key, uploadId, strays },
      metadata: fileMetadata(tools.jobId, ordinal, seq),
      visible: visible.get(key) ?? 'no',
    })),
    patience,
  );
  const isOver = (item: Left): boolean => item.upload !== undefined && !isUnsettled(item);
  await tools.journal
    .record((entries) => {
      for (const [at, { seq }] of begun.entries()) {
        const remains = left[at] ?? [];
        if (!remains.every(isOver)) continue;
        entries.setFile(ordinal, seq, { state: 'removed', strays: false });
        // Its file may be made anew; the upload must still be found by a sweep.
        for (const { upload } of remains) if (upload !== undefined) entries.addLeftUpload(upload);
      }
    })
    // The journal itself may be why the load failed. The files are gone; a later discard finds nothing to remove.
    .catch(() => undefined);
  return left.flat();
}

const loadedFile = (
  { key, rows, bytes, csvBytes, crc32 }: StagedFile,
  confirmed: Confirmation = 'nothing',
): LoadedFile => ({ ...{ key, rows, bytes, csvBytes, confirmed }, checksum: checksumText(crc32) });

const leftWarning = (left: Left): string =>
  `An answer of S3 was lost, so this may be left: ${left.what} (${left.reason.message}). ${adviceOn(1, unlistedOf([left]))}`;
