/** The process of a load is killed under its host, and the host over its load: said, nothing lost, and gone on with. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, install } from '../support/cli.ts';
import { type CliAws, startCliAws } from '../support/cli-aws.ts';
import {
  childOf,
  discards,
  endOf,
  heldAt,
  isAlive,
  makeShop,
  newestJob,
  resumes,
  startLoad,
} from './ground.ts';

let cli: Installation;
let aws: CliAws;
beforeAll(async () => {
  cli = install();
  aws = await startCliAws(cli);
  await makeShop(cli);
});
afterEach(() => {
  aws.intercept = undefined;
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
  cli[Symbol.dispose]();
});

const inTheMiddle = (operation = 'UploadPart') =>
  heldAt(aws, operation, () => startLoad(cli, aws.env, ['daily', '--force']));

describe.skipIf(process.platform !== 'linux')('needs Linux', () => {
  test.each(['UploadPart', 'CompleteMultipartUpload'])(
    'the load is killed in %s: the command says so at once, and the job is resumed',
    async (operation) => {
      const { running, held } = await inTheMiddle(operation);
      process.kill(childOf(running), 'SIGKILL');
      const at = performance.now();
      const result = await running.ended;
      expect(performance.now() - at).toBeLessThan(2000);
      held.open();
      const end = endOf(result);
      expect({ exit: result.code, state: end.state }).toEqual({ exit: 1, state: 'interrupted' });
      expect(end.error).toMatchObject({
        code: 'JOB_INTERRUPTED',
        message: expect.stringContaining('SIGKILL'),
        fix: expect.stringContaining(`sluice load --resume ${end.jobId}`),
      });
      expect(end.objects.slice(0, 2).map(({ state }) => state)).toEqual(['completed', 'interrupted']);
      expect(await newestJob(cli)).toMatchObject({ jobId: end.jobId, state: 'interrupted' });
      await resumes(cli, aws, end.jobId);
    },
  );

  test('the load is killed, and the job discarded', async () => {
    const { running, held } = await inTheMiddle();
    process.kill(childOf(running), 'SIGKILL');
    const { jobId } = endOf(await running.ended);
    held.open();
    await discards(cli, aws, jobId, ['small']);
  });

  test.each([false, true])(
    'the command is killed, the load ends by itself; it was stopped: %s',
    async (stopped) => {
      const { running, held } = await inTheMiddle();
      const load = childOf(running);
      if (stopped) process.kill(load, 'SIGSTOP');
      running.child.kill('SIGKILL');
      await running.ended;
      if (stopped) {
        // It holds its lock as long as it is there: nobody takes its job for an interrupted one.
        expect(await newestJob(cli)).toMatchObject({ state: 'running' });
        process.kill(load, 'SIGCONT');
      }
      await expect.poll(() => isAlive(load), { timeout: 5000 }).toBe(false);
      held.open();
      const { jobId = '', state } = (await newestJob(cli)) ?? {};
      expect(state).toBe('interrupted');
      // What the sandbox had begun is at its end.
      await sleep(100);
      await resumes(cli, aws, jobId);
    },
  );
});
