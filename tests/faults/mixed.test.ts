/**
 * Faults mixed by chance, from seeds: whatever happens to its requests and to its network, a load ends completed and
 * exact, or interrupted and then resumed or discarded, or failed with a clear reason and nothing visible. More seeds
 * by SLUICE_FAULT_SEEDS.
 */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Interception } from '../../src/main/sandbox/sandbox.ts';
import { bodyOf, bucketName, type EndEvent, follow, type Rig, startRig } from '../core/rig.ts';
import { randomOf, writeTable } from '../core/tables.ts';
import { faults } from '../support/faults.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const MiB = 1024 * 1024;
const seeds = Number(process.env.SLUICE_FAULT_SEEDS ?? 40);
const tables = ['small', 'one', 'big'] as const;

let rig: Rig;
let network: TcpProxy;
const csv = new Map<string, string>();

beforeAll(async () => {
  const sizes = {
    gzipLevel: 0,
    gzipInFlight: 1,
    partBytes: 5 * MiB,
    fileBytes: 5.2 * MiB,
    networkPatience: 0,
  };
  rig = await startRig({ load: sizes });
  network = await startTcpProxy(Number(new URL(rig.sandbox.endpoint).port));
  const path = join(rig.folder, 'shop.sqlite');
  csv.set('small', writeTable(path, 'small', 50, 20));
  csv.set('one', writeTable(path, 'one', 330, 16 * 1024));
  csv.set('big', writeTable(path, 'big', 800, 16 * 1024));
  await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
  const endpoint = `http://127.0.0.1:${network.port}`;
  await rig.addDestination({ endpoint, stsEndpoint: endpoint });
  for (const name of tables) await rig.addPipeline({ name, objects: [name], destinationPrefix: name });
});
afterEach(() => {
  rig.faults.intercept = undefined;
  network.heal();
});
afterAll(async () => {
  await network.close();
  await rig[Symbol.asyncDispose]();
});

/** What can happen to one request, but for those that a client waits out. */
const interceptions: readonly Interception[] = Object.entries(faults)
  .filter(([name]) => !name.startsWith('stalled'))
  .map(([, fault]) => fault);

/** What can happen to the network, at a moment of the load. */
const troubles: readonly ((at: number) => void)[] = [
  () => undefined,
  () => undefined,
  (at) => network.cutAfterSent(network.sent() + at),
  (at) => {
    network.resets(true);
    network.cutAfterSent(network.sent() + at);
  },
  (at) => network.cutAfter(network.received() + (at % 3000)),
  () => network.delays(5),
  () => network.limitsTo(40 * MiB),
];

function expectClear({ error }: EndEvent): void {
  expect(error?.code).not.toBe('INTERNAL');
  expect(error?.message).not.toMatch(/unknown ?error|\n\s+at /i);
  expect(error?.fix).toBeTruthy();
}

describe(`${seeds} mixtures`, () => {
  test.each(Array.from({ length: seeds }, (_, at) => at + 1))('seed %i', async (seed) => {
    const random = randomOf(seed * 7919);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const table = pick(tables);
    const before = await rig.keys();
    // One to four requests of the load are disturbed, the later tries of the SDK among them.
    const disturbed = new Map(
      Array.from({ length: 1 + Math.floor(random() * 4) }, () => [
        Math.floor(random() * 12),
        pick(interceptions),
      ]),
    );
    const calls: string[] = [];
    rig.faults.intercept = ({ operation }) => disturbed.get(calls.push(operation) - 1);
    pick(troubles)(Math.floor(random() * 12 * MiB));
    // A cut is one event: whoever connects again finds the network whole.
    const healed = setInterval(() => {
      if (network.connections() > connections + 1) network.heal();
    }, 20);
    const connections = network.connections();
    let { end } = await rig.run(table).finally(() => clearInterval(healed));
    rig.faults.intercept = undefined;
    network.heal();
    if (end.state === 'interrupted') {
      expectClear(end);
      if (seed % 2 === 0) {
        await rig.client.jobs.discard({ jobId: end.jobId });
        expect(await rig.keys()).toEqual(before);
        expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
        return;
      }
      await rig.client.jobs.resume({ jobId: end.jobId });
      end = (await follow(rig.client, end.jobId)).end;
      expect(end.state).toBe('completed');
    }
    const fresh = (await rig.keys()).filter((key) => !before.includes(key));
    if (end.state === 'completed') {
      expect(bodyOf(await Promise.all(fresh.map(rig.read))) === csv.get(table)).toBe(true);
    } else {
      expect(end.state).toBe('failed');
      expectClear(end);
      // What could not be taken back is named.
      const named = JSON.stringify(end.error);
      for (const key of fresh) expect(named).toContain(key);
    }
    const warned = JSON.stringify(end);
    for (const { key, uploadId } of rig.sandbox.pendingUploads(bucketName)) {
      await rig.abandon(key, uploadId);
      const told = `${uploadId} is left and not named: ${[...disturbed].map(([at, what]) => `${at} ${calls[at]} ${JSON.stringify(what)}`).join('; ')}; ${warned.slice(0, 600)}`;
      expect(warned.includes(uploadId) || warned.includes(key), told).toBe(true);
    }
    for (const key of fresh) if (end.state !== 'completed') expect(warned).toContain(key);
  });
});
