/** What may happen to the history from outside: killed processes, damage, full disks, other versions. */
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type History, openHistory } from '../../src/main/stores/history.ts';
import { finished, killed, startScript, wrote } from '../support/child.ts';
import { canMount, fillDisk, smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { fileKey, recordFile, sampleJob } from './job-samples.ts';

const journal = new URL('./children/journal.ts', import.meta.url);

function historyIn(folder: string): History {
  const history = openHistory(folder);
  onTestFinished(() => history.close());
  return history;
}

const soundness = (folder: string): unknown => {
  const database = new DatabaseSync(join(folder, 'history.db'), { readOnly: true });
  const [row] = database.prepare('PRAGMA integrity_check').all();
  database.close();
  return row?.integrity_check;
};

describe('several processes', () => {
  test('a live job is running for all, and interrupted the moment its process is killed', async () => {
    const folder = temporaryFolder();
    const history = historyIn(folder);
    const jobId = randomUUID();
    const child = startScript(journal, [folder, 'hold', jobId]);
    await wrote(child, 'running');
    expect(history.summaries()).toMatchObject([{ jobId, state: 'running' }]);
    expect(history.receipt(jobId)).toMatchObject({ state: 'running', objects: [{ state: 'running' }, {}] });
    expect(history.lockJob(jobId)).toBeUndefined();

    await killed(child);
    expect(history.summaries()).toMatchObject([{ jobId, state: 'interrupted', endedAt: null }]);
    const objects = [{ state: 'interrupted' }, { state: 'pending' }];
    expect(history.receipt(jobId)).toMatchObject({ state: 'interrupted', objects });
    // Only shown: what is recorded changes when somebody resumes or discards it.
    using lock = history.lockJob(jobId);
    expect(lock).toBeDefined();
    expect(history.receipt(jobId)).toMatchObject({ state: 'running' });
  });

  test('write at the same time and lose nothing, while another one reads', async () => {
    const folder = temporaryFolder();
    const children = Array.from({ length: 3 }, () => finished(startScript(journal, [folder, 'write', '15'])));
    const history = historyIn(folder);
    let reading = true;
    const all = Promise.all(children).finally(() => {
      reading = false;
    });
    const seen = new Set<string>();
    while (reading) {
      for (const { state } of history.summaries()) seen.add(state);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect((await all).map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      Array.from({ length: 3 }, () => ({ code: 0, stderr: '' })),
    );
    // A job that ended between two looks must not be taken for an interrupted one.
    expect([...seen].filter((state) => state === 'interrupted')).toEqual([]);
    const summaries = history.summaries();
    expect(summaries).toHaveLength(45);
    expect(
      summaries.every(({ state, rows, files }) => state === 'completed' && rows === 10 && files === 1),
    ).toBe(true);
    expect(readdirSync(join(folder, 'jobs'))).toEqual([]);
  });

  test('open a new history together', async () => {
    const folder = temporaryFolder();
    const children = Array.from({ length: 4 }, () => finished(startScript(journal, [folder, 'write', '1'])));
    expect((await Promise.all(children)).map(({ stderr }) => stderr)).toEqual(['', '', '', '']);
    expect(historyIn(folder).summaries()).toHaveLength(4);
  });

  test.each([1, 2, 3])('kill -9 between writes loses nothing that was recorded (round %i)', async () => {
    const folder = temporaryFolder();
    const jobId = randomUUID();
    const child = startScript(journal, [folder, 'forever', jobId]);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await expect.poll(() => said.split('\n').length, { timeout: 10_000 }).toBeGreaterThan(20);
    await killed(child);
    const recorded = Number(said.trim().split('\n').at(-1));

    const history = historyIn(folder);
    expect(history.notices).toEqual([]);
    expect(soundness(folder)).toBe('ok');
    const files = history.files(jobId);
    // What was said is recorded; at most what came after the last word is there besides.
    expect(files.length).toBeGreaterThanOrEqual(recorded);
    for (const { seq, state, uploadId } of files.slice(0, recorded)) {
      expect({ state, uploadId }).toEqual({ state: 'uploading', uploadId: `u${seq}` });
    }
  });
});

describe('a damaged history', () => {
  /** A history that is large enough to be damaged in the middle. */
  function filled(folder: string): string {
    using history = openHistory(folder);
    const job = sampleJob(200);
    history.beginJob(job);
    for (let ordinal = 0; ordinal < 20; ordinal += 1) recordFile(history, job.jobId, ordinal, 1, 5);
    return join(folder, 'history.db');
  }

  test.each<[string, (path: string) => void]>([
    [
      'no database',
      (path) => writeFileSync(path, 'this is no database, but long enough to look like one'.repeat(9)),
    ],
    ['cut', (path) => truncateSync(path, Math.floor(statSync(path).size / 4096 / 2) * 4096)],
    [
      'overwritten in the middle',
      (path) => {
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.fill(0xa5, 8192, 40_960));
      },
    ],
  ])('(%s) is put aside, and an empty one started', (_, damage) => {
    const folder = temporaryFolder();
    const path = filled(folder);
    damage(path);
    const bytes = readFileSync(path);
    const history = historyIn(folder);
    expect(history.notices).toEqual([
      expect.stringMatching(/damaged.*history\.corrupt-\d{8}T\d{6}Z\.db.*resumed/),
    ]);
    expect(history.summaries()).toEqual([]);
    const asides = readdirSync(folder).filter((name) => /^history\.corrupt-.*\.db$/.test(name));
    expect(asides).toHaveLength(1);
    expect(readFileSync(join(folder, asides[0] ?? ''))).toEqual(bytes);
    history.beginJob(sampleJob(1));
    history.close();
    expect(historyIn(folder).notices).toEqual([]);
  });

  test('a record that does not read is an error with the path, and quotes nothing', () => {
    const folder = temporaryFolder();
    const history = historyIn(folder);
    const job = sampleJob(1);
    history.beginJob(job);
    const database = new DatabaseSync(join(folder, 'history.db'));
    database.exec(`UPDATE jobs SET definition = '{"secret'`);
    database.close();
    expect(() => history.receipt(job.jobId)).toThrow(
      expect.objectContaining({
        code: 'DATA_FOLDER_UNUSABLE',
        message: `The job history in ${join(folder, 'history.db')} holds a record that does not read (job)`,
      }),
    );
    expect(history.summaries()).toHaveLength(1);
  });
});

test('a history of a newer version is refused and left alone', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'history.db');
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE novelty (a); PRAGMA user_version = 99');
  database.close();
  const bytes = readFileSync(path);
  expect(() => openHistory(folder)).toThrow(
    expect.objectContaining({
      code: 'DATA_FOLDER_UNUSABLE',
      message: expect.stringMatching(/newer version of Sluice \(format 99/),
    }),
  );
  expect(readFileSync(path)).toEqual(bytes);
});

test('a history held by a hanging process is an error with the path, after the wait', () => {
  const folder = temporaryFolder();
  const history = historyIn(folder);
  const database = new DatabaseSync(join(folder, 'history.db'));
  onTestFinished(() => database.close());
  database.exec('BEGIN IMMEDIATE');
  expect(() => history.beginJob(sampleJob(1))).toThrow(
    expect.objectContaining({
      code: 'DATA_FOLDER_UNUSABLE',
      message: expect.stringMatching(/history\.db: another process has held it for too long/),
    }),
  );
  database.exec('ROLLBACK');
  history.beginJob(sampleJob(1));
  expect(history.summaries()).toHaveLength(1);
});

test('a folder in the place of the file is named', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'history.db'));
  expect(() => openHistory(folder)).toThrow(
    expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE', message: expect.stringContaining('history.db') }),
  );
});

describe.skipIf(process.getuid?.() !== 0)('a history of somebody else: needs root', () => {
  test('is named, and not touched', async () => {
    const folder = temporaryFolder();
    openHistory(folder).close();
    chmodSync(folder, 0o755);
    const { code, stderr } = await finished(startScript(journal, [folder, 'write', '1'], { uid: 65534 }));
    expect(code).toBe(1);
    expect(stderr).toMatch(/SluiceError.*history\.(db|lock)/);
    expect(stderr).toContain("code: 'DATA_FOLDER_UNUSABLE'");
  });
});

describe.skipIf(!canMount)('a full disk: needs root and tmpfs', () => {
  const diskFull = expect.objectContaining({ code: 'DISK_FULL', message: expect.stringMatching(/full/) });

  test.each([0, 4, 16, 64])('with %i KiB free at the first start', (kibibytes) => {
    const folder = smallDisk(1024);
    fillDisk(folder, kibibytes * 1024);
    expect(() => openHistory(folder)).toThrow(diskFull);
  });

  test.each([0, 8, 24])('with %i KiB free in the middle of a job keeps what was recorded', (kibibytes) => {
    const folder = smallDisk(1024);
    const history = openHistory(folder);
    const job = sampleJob(1);
    history.beginJob(job);
    fillDisk(folder, kibibytes * 1024);
    let recorded = 0;
    const writeOn = (): void => {
      for (;;) {
        history.addFile(job.jobId, 0, { seq: recorded + 1, key: `${fileKey(0, 1)}-${recorded}` });
        recorded += 1;
      }
    };
    expect(writeOn).toThrow(diskFull);
    expect(history.files(job.jobId)).toHaveLength(recorded);
    expect(() => history.beginJob(sampleJob(500))).toThrow(diskFull);
    expect(history.summaries()).toHaveLength(1);
    history.close();
    using again = openHistory(folder);
    expect(again.notices).toEqual([]);
    expect(again.files(job.jobId)).toHaveLength(recorded);
  });
});
