/** The promises of a load, kept on an S3 that nobody here wrote: cancelled, killed, cut off, and robbed of its rights. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { discardedDocument, endLine, jobsDocument, receiptDocument } from '../cli/documents.ts';
import { randomOf } from '../core/tables.ts';
import { type Installation, install, parseLines, type RunningCommand, stackTrace } from '../support/cli.ts';
import { must } from '../support/cli-aws.ts';
import { type CliRgw, startCliRgw } from '../support/cli-rgw.ts';
import { loaderPolicy } from '../support/loader-policy.ts';
import { missingForRgw } from '../support/rgw.ts';

/** More than one part of 8 MiB after gzip. */
const rows = 24_000;
/** Kills at random moments; more by SLUICE_RGW_KILLS. */
const kills = Number(process.env.SLUICE_RGW_KILLS ?? 4);
/** Milliseconds in which such a load is at its end. */
const wholeLoad = 3000;

describe.skipIf(missingForRgw !== '')(
  missingForRgw === '' ? 'a load to Ceph RGW' : `a load to Ceph RGW: needs ${missingForRgw}`,
  () => {
    let cli: Installation;
    let rgw: CliRgw;
    let known: readonly string[];
    let knownUploads: readonly string[] = [];
    beforeAll(async () => {
      cli = install();
      rgw = await startCliRgw(cli);
      const path = join(cli.home, 'shop.sqlite');
      const database = new DatabaseSync(path);
      database.exec(`CREATE TABLE large AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n
        WHERE i < ${rows}) SELECT i, hex(randomblob(400)) AS noise FROM n`);
      database.close();
      must(await cli.run(['source', 'add', '--name', 'shop', '--url', `sqlite:${path}`]));
      const where = ['--source', 'shop', '--destination', 'lake', '--destination-prefix', 'x', '--all'];
      must(await cli.run(['pipeline', 'add', '--name', 'daily', ...where], { env: rgw.env }));
    });
    beforeEach(async () => {
      known = await rgw.keys();
      knownUploads = await rgw.uploads();
    });
    afterAll(async () => {
      await rgw[Symbol.asyncDispose]();
      cli[Symbol.dispose]();
    });

    // What a try that failed has left must not fail those that follow.
    const newUploads = async () => (await rgw.uploads()).filter((key) => !knownUploads.includes(key));
    const newKeys = async () => (await rgw.keys()).filter((key) => !known.includes(key));

    /** Waits for the upload; a load that ends before it says why. */
    async function begun(running: RunningCommand): Promise<void> {
      const early = running.ended.then(({ stdout, stderr }) => {
        throw new Error(`the load ended before its upload: ${stdout}${stderr}`);
      });
      await Promise.race([expect.poll(newUploads, { timeout: 50_000 }).toHaveLength(1), early]);
      early.catch(() => undefined);
    }

    /** Starts a load and waits until its upload has begun; the network then lets nothing more through. */
    async function inTheMiddle(): Promise<RunningCommand> {
      onTestFinished(() => rgw.network.heal());
      // The first part is on its way, and does not arrive.
      rgw.network.stallAfterSent(rgw.network.sent() + 3_000_000);
      const running = cli.start(['load', 'daily', '--force', '--json'], { env: rgw.env, stdin: '' });
      onTestFinished(() => {
        running.child.kill('SIGKILL');
      });
      await begun(running);
      return running;
    }

    /** Every row of the table, once. */
    async function expectExact(keys: readonly string[]): Promise<void> {
      expect(keys).toHaveLength(1);
      const [header, ...read] = await rgw.csv(keys[0] ?? '');
      expect(header).toEqual(['i', 'noise']);
      expect(read.map(([i]) => Number(i))).toEqual(Array.from({ length: rows }, (_, at) => at + 1));
    }

    async function killed(): Promise<string> {
      const running = await inTheMiddle();
      running.child.kill('SIGKILL');
      await running.ended;
      rgw.network.heal();
      const { jobs } = await cli.document(jobsDocument, ['jobs']);
      expect(jobs[0]?.state).toBe('interrupted');
      return jobs[0]?.jobId ?? '';
    }

    test('cancelled: nothing visible, no upload left', async () => {
      const running = await inTheMiddle();
      running.child.kill('SIGINT');
      rgw.network.heal();
      const { code, stdout, stderr } = await running.ended;
      expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
      expect(endLine.parse(parseLines(stdout).at(-1)).state).toBe('cancelled');
      expect(await newKeys()).toEqual([]);
      expect(await newUploads()).toEqual([]);
    });

    test('killed and resumed: every row once', async () => {
      const jobId = await killed();
      expect(await newKeys()).toEqual([]);
      const { code, lines } = await cli.json(['load', '--resume', jobId], { env: rgw.env });
      expect({ code, end: endLine.parse(lines.at(-1)).state }).toEqual({ code: 0, end: 'completed' });
      await expectExact(await newKeys());
      expect(await newUploads()).toEqual([]);
    });

    test('killed and discarded: nothing there', async () => {
      const jobId = await killed();
      await cli.document(discardedDocument, ['load', '--discard', jobId], { env: rgw.env });
      expect(await newKeys()).toEqual([]);
      expect(await newUploads()).toEqual([]);
    });

    async function leftUploads(jobId: string): Promise<readonly string[]> {
      const { leftUploads: left = [] } = await cli.document(receiptDocument, ['jobs', 'show', jobId]);
      return left.map(({ key }) => key);
    }

    const newestJob = async () => (await cli.document(jobsDocument, ['jobs'])).jobs[0];

    test.each(Array.from({ length: kills }, (_, at) => at + 1))(
      'killed at a random moment, seed %i: resumed, every row once; discarded, nothing of what was not complete',
      async (seed) => {
        const random = randomOf(seed);
        const before = (await newestJob())?.jobId;
        const running = cli.start(['load', 'daily', '--force', '--json'], { env: rgw.env, stdin: '' });
        onTestFinished(() => {
          running.child.kill('SIGKILL');
        });
        await sleep(random() * wholeLoad);
        running.child.kill('SIGKILL');
        await running.ended;
        // Its process ends when it hears nothing of the command any more.
        await expect.poll(async () => (await newestJob())?.state, { timeout: 20_000 }).not.toBe('running');
        const job = await newestJob();
        if (job === undefined || job.jobId === before) {
          expect(await newKeys()).toEqual([]);
        } else if (job.state === 'completed') {
          await expectExact(await newKeys());
        } else if (random() < 0.5) {
          const { code, lines } = await cli.json(['load', '--resume', job.jobId], { env: rgw.env });
          expect({ code, end: endLine.parse(lines.at(-1)).state }).toEqual({ code: 0, end: 'completed' });
          await expectExact(await newKeys());
        } else {
          await cli.document(discardedDocument, ['load', '--discard', job.jobId], { env: rgw.env });
          const keys = await newKeys();
          if (keys.length > 0) await expectExact(keys);
        }
        // Killed while S3 began an upload, nobody has heard its id, and the policy does not let us look for it: then it
        // is the receipt that names it.
        const named = job === undefined ? [] : await leftUploads(job.jobId);
        for (const upload of await newUploads()) expect(named).toContain(upload);
      },
    );

    test('its rights are taken away in the middle: said, and nothing visible', async () => {
      const running = await inTheMiddle();
      const { Version, Statement } = loaderPolicy('cli-tests');
      const denied = { Effect: 'Deny', Action: 's3:PutObject', Resource: '*' };
      await rgw.allow({ Version, Statement: [...Statement, denied] });
      onTestFinished(() => rgw.allow(loaderPolicy('cli-tests')));
      rgw.network.heal();
      const { code, stdout, stderr } = await running.ended;
      expect(stdout + stderr).not.toMatch(stackTrace);
      const end = endLine.parse(parseLines(stdout).at(-1));
      expect({ code, state: end.state, error: end.error?.code }).toEqual({
        ...{ code: 3, state: 'failed', error: 'ACCESS_DENIED' },
      });
      expect(end.error?.message).toContain('s3:PutObject');
      expect(await newKeys()).toEqual([]);
      expect(await newUploads()).toEqual([]);
    });

    test('a connection that is reset in the middle: it tries again and is exact', async () => {
      onTestFinished(() => rgw.network.heal());
      rgw.network.resets(true);
      rgw.network.cutAfterSent(rgw.network.sent() + 3_000_000);
      const running = cli.start(['load', 'daily', '--force', '--json'], { env: rgw.env, stdin: '' });
      await begun(running);
      rgw.network.heal();
      const { code, stdout } = await running.ended;
      expect({ code, end: endLine.parse(parseLines(stdout).at(-1)).state }).toEqual({
        code: 0,
        end: 'completed',
      });
      await expectExact(await newKeys());
      expect(await newUploads()).toEqual([]);
    });
  },
);
