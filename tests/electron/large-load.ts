/** A load that takes long enough to be disturbed, and what it left. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openCore } from '../../src/main/core/index.ts';
import type { ContractClient } from '../../src/shared/contract.ts';
import type { JobEvent, JobState } from '../../src/shared/model.ts';

/** Loads 600,000 rows of SQLite into practice mode's bucket; comes back when the first rows have been read. */
export async function startLargeLoad(
  client: ContractClient,
  folder: string,
): Promise<{ readonly jobId: string; readonly events: AsyncIterator<JobEvent> }> {
  const path = join(folder, 'large.sqlite');
  const database = new DatabaseSync(path);
  database.exec(`CREATE TABLE large (id INTEGER, text TEXT);
    WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 600000)
    INSERT INTO large SELECT id, hex(randomblob(40)) FROM n;`);
  database.close();
  await client.practice.start();
  await client.sources.save({ name: 'large', location: { kind: 'sqlite', path } });
  await client.pipelines.save({
    name: 'large',
    source: 'large',
    destination: 'Practice bucket',
    destinationPrefix: 'large',
    partitionKey: '${JOB_ID}',
    timeZone: 'UTC',
    objects: 'all',
  });
  const { jobId } = await client.jobs.start({ pipeline: 'large', force: true });
  const events = await client.jobs.watch({ jobId });
  for (;;) {
    const { value, done } = await events.next();
    if (done || value.event === 'end') throw new Error('the load was over too soon');
    if (value.event === 'progress' && value.rows > 0) return { jobId, events };
  }
}

/** Reads on until the stream ends or breaks. */
export async function endOf(events: AsyncIterator<JobEvent>): Promise<void> {
  while (!(await events.next()).done);
}

/** As another program sees it, in the same data folder. */
export async function jobState(folder: string, jobId: string): Promise<JobState> {
  await using core = openCore(folder);
  return (await core.client.jobs.show({ jobId })).state;
}

/** Files of the load that a reader of the bucket would see, and uploads that were left. */
export function storedObjects(folder: string): string[] {
  const store = join(folder, 'practice', 's3');
  const places = [join(store, 'sluice-practice'), join(store, '.sluice', 'uploads')];
  return places.filter((place) => existsSync(place)).flatMap((place) => readdirSync(place));
}
