/**
 * Runs jobs in the history as a process of its own. Arguments: folder, then what to do:
 * `hold JOB_ID` begins a job, says "running" and holds it until it is ended;
 * `write COUNT` begins and ends that many jobs;
 * `forever` writes files of one job, saying each number once it is recorded.
 */
import { openHistory } from '../../../src/main/stores/history.ts';
import { fileKey, recordFile, sampleJob, startedAt } from '../job-samples.ts';

const [, , folder = '', what = '', argument = ''] = process.argv;
using history = openHistory(folder);

function hold(jobId: string): void {
  const lock = history.lockJob(jobId);
  history.beginJob(sampleJob(2, jobId));
  history.setObject(jobId, 0, { state: 'running' });
  process.stdout.write(lock === undefined ? 'refused\n' : 'running\n');
  process.stdin.resume();
  // Blocks without an end: the process is killed while it holds the job.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function write(count: number): void {
  for (let job = 0; job < count; job += 1) {
    const start = sampleJob(1);
    using _lock = history.lockJob(start.jobId);
    history.beginJob(start);
    recordFile(history, start.jobId, 0, 1, 10);
    history.setObject(start.jobId, 0, { state: 'completed', rows: 10 });
    history.endJob(start.jobId, { state: 'completed', endedAt: startedAt });
  }
}

function forever(jobId: string): void {
  history.beginJob(sampleJob(1, jobId));
  for (let seq = 1; ; seq += 1) {
    history.addFile(jobId, 0, { seq, key: `${fileKey(0, seq)}-${seq}` });
    history.setFile(jobId, 0, seq, { state: 'uploading', uploadId: `u${seq}` });
    process.stdout.write(`${seq}\n`);
  }
}

if (what === 'hold') hold(argument);
else if (what === 'write') write(Number(argument));
else forever(argument);
