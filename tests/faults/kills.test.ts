/**
 * SIGKILL at random moments, from seeds, of loads with one file and with many: resumed, every row is there once;
 * discarded, nothing of what was not complete is there, and no upload is left. More of them by SLUICE_KILLS.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyOf, bucketName, follow, type Rig, startRig } from '../core/rig.ts';
import { randomOf, writeTable } from '../core/tables.ts';
import { killed, startScript } from '../support/child.ts';

const MiB = 1024 * 1024;
const kills = Number(process.env.SLUICE_KILLS ?? 8);
const load = {
  gzipLevel: 0,
  gzipInFlight: 2,
  partBytes: 5 * MiB,
  fileBytes: 5.2 * MiB,
  networkPatience: 2000,
};
const tables = { one: ['one'], many: ['small', 'big', 'one'] } as const;
/** About as many requests as the whole load makes, and one that never comes. */
const requests = { one: 3, many: 17 } as const;

let rig: Rig;
const csv = new Map<string, string>();

beforeAll(async () => {
  rig = await startRig({ load });
  const path = join(rig.folder, 'shop.sqlite');
  csv.set('small', writeTable(path, 'small', 50, 20));
  csv.set('one', writeTable(path, 'one', 300, 16 * 1024));
  csv.set('big', writeTable(path, 'big', 800, 16 * 1024));
  await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
  await rig.addDestination();
  for (const [name, objects] of Object.entries(tables)) {
    await rig.addPipeline({ name, objects: [...objects], destinationPrefix: name });
  }
});
afterAll(() => rig[Symbol.asyncDispose]());

/** Starts a load in a process of its own and kills it; the id of the job, unless it was dead before it had one. */
async function killAtRandom(
  pipeline: keyof typeof tables,
  random: () => number,
): Promise<string | undefined> {
  const script = new URL('../core/children/load.ts', import.meta.url);
  const secret = rig.sandbox.user.secretAccessKey;
  const child = startScript(script, [join(rig.folder, 'data'), secret, JSON.stringify(load), pipeline]);
  const lines = createInterface(child.stdout);
  let jobId: string | undefined;
  lines.on('line', (line) => {
    if (line.startsWith('job ')) jobId = line.slice('job '.length);
  });
  const at = Math.floor(random() * requests[pipeline]);
  const delay = random() < 0.5 ? 0 : Math.floor(random() * 40);
  let seen = 0;
  const reached = new Promise<void>((resolve) => {
    rig.faults.intercept = async () => {
      if (seen++ === at) setTimeout(resolve, delay);
      return undefined;
    };
  });
  await Promise.race([reached, once(child, 'exit')]);
  if (child.exitCode === null) await killed(child);
  // What the sandbox had begun is at its end before anybody looks.
  await sleep(150);
  rig.faults.intercept = undefined;
  return jobId;
}

describe(`${kills} kills`, () => {
  test.each(Array.from({ length: kills }, (_, at) => at + 1))('seed %i', async (seed) => {
    const random = randomOf(seed * 104_729);
    const pipeline = seed % 2 === 0 ? 'one' : 'many';
    const before = await rig.keys();
    const jobId = await killAtRandom(pipeline, random);
    if (jobId === undefined) throw new Error('killed before the job had begun');
    const fresh = async () => (await rig.keys()).filter((key) => !before.includes(key));
    const { state } = await rig.client.jobs.show({ jobId });
    const discards = state === 'interrupted' && random() < 0.4;
    if (discards) await rig.client.jobs.discard({ jobId });
    else if (state === 'interrupted') {
      await rig.client.jobs.resume({ jobId });
      expect((await follow(rig.client, jobId)).end.state).toBe('completed');
    } else expect(state).toBe('completed');
    expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
    const receipt = await rig.client.jobs.show({ jobId });
    const keys = await fresh();
    expect(new Set(receipt.objects.flatMap(({ files }) => files.map(({ key }) => key)))).toEqual(
      new Set(keys),
    );
    for (const object of receipt.objects) {
      if (object.state !== 'completed') {
        expect([discards, object.files]).toEqual([true, []]);
        continue;
      }
      const bodies = await Promise.all(object.files.map(({ key }) => rig.read(key)));
      expect(bodyOf(bodies) === csv.get(object.object)).toBe(true);
    }
    if (!discards) expect(receipt.objects.every((object) => object.state === 'completed')).toBe(true);
  });
});
