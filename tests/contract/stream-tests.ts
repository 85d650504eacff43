/** Streams: watched, left, given up, and shared by several clients. */
import { describe, expect, test } from 'vitest';
import type { ContractClient } from '../../src/shared/contract.ts';
import type { JobEvent } from '../../src/shared/model.ts';
import { events, promptly, saveShop } from './calling.ts';
import type { Suite } from './contract-suite.ts';

export function streamTests(suite: Suite): void {
  describe('streams', () => {
    /** A load that cannot end before it is released, though most of it goes through. */
    async function heldLoad(client: ContractClient) {
      const pipeline = await saveShop(client, suite.ground);
      const release = suite.ground.hold(({ key }) => key?.includes('orders') === true);
      const { jobId } = await client.jobs.start({ pipeline, force: true });
      return { jobId, [Symbol.dispose]: release };
    }

    const ended = async (jobId: string): Promise<JobEvent | undefined> =>
      (await promptly(events(suite.client.jobs.watch({ jobId })), 15_000)).at(-1);

    test('whoever leaves a stream ends only the watching', async () => {
      const { client } = suite;
      let left: string;
      {
        using load = await heldLoad(client);
        left = load.jobId;
        for await (const { event } of await client.jobs.watch({ jobId: left })) {
          expect(event).toBe('progress');
          break;
        }
        expect(await client.jobs.show({ jobId: left })).toMatchObject({ state: 'running' });
      }
      expect(await ended(left)).toMatchObject({ event: 'end', state: 'completed' });
    });

    test('a stream whose signal fires ends at once; the job goes on', async () => {
      const { client } = suite;
      let left: string;
      {
        using load = await heldLoad(client);
        left = load.jobId;
        const stop = new AbortController();
        const watching = (async () => {
          const seen: JobEvent[] = [];
          try {
            for await (const event of await client.jobs.watch({ jobId: left }, { signal: stop.signal })) {
              seen.push(event);
              stop.abort();
            }
          } catch (error) {
            // Hosts may say so or just stop.
            if (!stop.signal.aborted) throw error;
          }
          return seen;
        })();
        const seen = await promptly(watching);
        expect(seen.length).toBeGreaterThan(0);
        expect(seen).not.toContainEqual(expect.objectContaining({ event: 'end' }));
        expect(await client.jobs.show({ jobId: left })).toMatchObject({ state: 'running' });
      }
      expect(await ended(left)).toMatchObject({ event: 'end', state: 'completed' });
    });

    test('a test of a destination that is given up stops on the other side', async () => {
      const { client, ground } = suite;
      await saveShop(client, ground);
      let arrived = 0;
      const release = ground.hold(({ operation }) => {
        arrived += 1;
        return operation === 'HeadBucket';
      });
      const stop = new AbortController();
      const watching = (async () => {
        for await (const event of await client.destinations.test({ name: 'shop' }, { signal: stop.signal })) {
          if ('check' in event && event.check === 'assume-role-with-random-external-id') stop.abort();
        }
      })();
      const over = promptly(
        watching.then(
          () => undefined,
          () => undefined,
        ),
      );
      await expect.poll(() => arrived).toBeGreaterThan(0);
      setTimeout(() => stop.abort(), 300);
      await over;
      release();
      const after = arrived;
      await new Promise((resolve) => setTimeout(resolve, 300));
      // At most what was under way: no bucket is written to after the abort.
      expect(arrived - after).toBeLessThanOrEqual(1);
    });

    test('two clients watch one job; one of them goes away', async () => {
      const [one, two] = [await suite.host.connect(), await suite.host.connect()];
      let seen: Promise<JobEvent[]>;
      {
        using load = await heldLoad(one.client);
        const { jobId } = load;
        seen = events(two.client.jobs.watch({ jobId }));
        for await (const _ of await one.client.jobs.watch({ jobId })) break;
        await one.disconnect();
        expect(await two.client.jobs.show({ jobId })).toMatchObject({ state: 'running' });
      }
      expect((await promptly(seen, 15_000)).at(-1)).toMatchObject({ event: 'end', state: 'completed' });
      await two.disconnect();
    });

    test('a client that goes away in the middle of a stream leaves the job and the host alone', async () => {
      const { client } = suite;
      const leaver = await suite.host.connect();
      let jobId: string;
      {
        using load = await heldLoad(leaver.client);
        jobId = load.jobId;
        const watching = events(leaver.client.jobs.watch({ jobId })).catch(() => undefined);
        await leaver.disconnect();
        if (suite.kind.crosses) await promptly(watching);
        expect(await client.jobs.show({ jobId })).toMatchObject({ state: 'running' });
      }
      expect(await ended(jobId)).toMatchObject({ event: 'end', state: 'completed' });
    });

    test('many calls at once get each their own answer', async () => {
      const { client } = suite;
      const jobs = await client.jobs.list();
      const receipts = await Promise.all(jobs.map(({ jobId }) => client.jobs.show({ jobId })));
      expect(receipts.map(({ jobId }) => jobId)).toEqual(jobs.map(({ jobId }) => jobId));
      const infos = await Promise.all(Array.from({ length: 50 }, () => client.system.info()));
      expect(new Set(infos.map(({ dataFolder }) => dataFolder)).size).toBe(1);
    });
  });
}
