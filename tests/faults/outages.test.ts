/** The network of a load goes away and comes back: waited for, and given up at the limit, then the job goes on later. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  destinationArgs,
  type Installation,
  install,
  type RunningCommand,
  type RunningSandbox,
} from '../support/cli.ts';
import { type CliAws, must, startCliAws } from '../support/cli-aws.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import {
  childOf,
  discards,
  endOf,
  expectExact,
  heldAt,
  makeShop,
  newestJob,
  resumes,
  startLoad,
} from './ground.ts';

/** A name that resolves as the tests say, in front of a network that breaks as they say. */
const host = 'lake.sluice-test';

let cli: Installation;
let aws: CliAws;
let network: TcpProxy;
let env: Readonly<Record<string, string>>;

const resolves = (to: string): void => writeFileSync(join(cli.home, 'resolver'), to);
const heal = (): void => {
  resolves('127.0.0.1');
  network.refuses(false);
  network.heal();
};

beforeAll(async () => {
  cli = install();
  aws = await startCliAws(cli);
  network = await startTcpProxy(Number(new URL(aws.sandbox.endpoint).port));
  env = {
    ...aws.env,
    NODE_OPTIONS: `--import ${new URL('../support/resolver.ts', import.meta.url)}`,
    SLUICE_TEST_RESOLVER: join(cli.home, 'resolver'),
  };
  heal();
  const endpoint = `http://${host}:${network.port}`;
  const { region, roleArn } = { ...aws.sandbox, roleArn: 'arn:aws:iam::123456789012:role/cli' };
  const target = { endpoint, region, bucket: 'cli-tests', roleArn } as RunningSandbox;
  must(await cli.run([...destinationArgs(target, 'far'), '--draft'], { env }));
  await makeShop(cli, { destination: 'far' });
});
afterEach(() => {
  aws.intercept = undefined;
  heal();
});
afterAll(async () => {
  await network.close();
  await aws[Symbol.asyncDispose]();
  cli[Symbol.dispose]();
});

/** Loads, and takes the network away while the first part is on its way; whatever is connected is cut off. */
async function cutOff(how: () => void, patience: number): Promise<RunningCommand> {
  const args = ['daily', '--force', '--network-timeout', String(patience)];
  const { running, held } = await heldAt(aws, 'UploadPart', () => startLoad(cli, env, args));
  how();
  network.resets(true);
  network.cutAfter(network.received());
  network.cutAfterSent(network.sent());
  held.open();
  return running;
}

/** Ways in which a network is gone, and what the system calls them. */
const ways = [
  ['the name does not resolve', 'ENOTFOUND', () => resolves('ENOTFOUND')],
  ['the resolver does not answer', 'EAI_AGAIN', () => resolves('EAI_AGAIN')],
  // A network that no route leads to, by the word of the kernel.
  ['the network is unreachable', 'ENETUNREACH', () => resolves('255.255.255.255')],
  ['nobody listens any more', 'ECONNREFUSED', () => resolves('127.0.0.2')],
] as const;

describe.skipIf(process.platform !== 'linux')('an outage: needs Linux', () => {
  test.each(ways)('%s (%s): waited for, and the load goes on and is exact', async (_, code, how) => {
    const running = await cutOff(how, 60);
    await running.said(/Trying again for up to/);
    await sleep(2500);
    heal();
    const result = await running.ended;
    const end = endOf(result);
    expect({ exit: result.code, state: end.state }).toEqual({ exit: 0, state: 'completed' });
    expect(result.stderr).toContain(code);
    expect(result.stderr).toContain('S3 answers again');
    await expectExact(aws, end.jobId);
  });

  test.each([ways[0], ways[2]])(
    '%s (%s) beyond the limit: interrupted, and resumed later',
    async (_, code, how) => {
      const running = await cutOff(how, 2);
      const begun = performance.now();
      const result = await running.ended;
      // The limit, and the few tries of the SDK that come before and after; not the ten minutes of the default.
      expect(performance.now() - begun).toBeLessThan(30_000);
      const end = endOf(result);
      expect({ exit: result.code, state: end.state }).toEqual({ exit: 1, state: 'interrupted' });
      expect(end.error).toMatchObject({
        code: 'DESTINATION_UNREACHABLE',
        fix: expect.stringContaining('resume'),
      });
      // The name where that is what fails, and else the address that was tried.
      expect(end.error?.message).toContain(/^E(NOT|AI)/.test(code) ? host : `:${network.port}`);
      expect(JSON.stringify(end.error)).toContain(code);
      expect(await newestJob(cli)).toMatchObject({ jobId: end.jobId, state: 'interrupted' });
      heal();
      await resumes(cli, aws, end.jobId, env);
    },
  );

  test('interrupted by an outage, then discarded: nothing is left of what was not complete', async () => {
    const running = await cutOff(() => resolves('ENOTFOUND'), 0);
    const { jobId, state } = endOf(await running.ended);
    expect(state).toBe('interrupted');
    heal();
    await discards(cli, aws, jobId, ['small'], env);
  });

  test('resumed while the network is still gone: refused, and nothing is lost', async () => {
    const running = await cutOff(() => resolves('ENOTFOUND'), 0);
    const { jobId } = endOf(await running.ended);
    const args = ['load', '--resume', jobId, '--network-timeout', '0', '--json'];
    const again = await cli.run(args, { env });
    expect(again.code).toBe(1);
    expect(again.stdout).toContain('ENOTFOUND');
    expect(await newestJob(cli)).toMatchObject({ jobId, state: 'interrupted' });
    heal();
    await resumes(cli, aws, jobId, env);
  });
});

describe.skipIf(process.platform !== 'linux')('a computer that sleeps: needs Linux', () => {
  const signal = (pids: readonly number[], name: 'SIGSTOP' | 'SIGCONT'): void => {
    for (const pid of pids) process.kill(pid, name);
  };

  test('in the middle of an outage: the sleep does not count, and the load goes on', async () => {
    const running = await cutOff(() => resolves('ENOTFOUND'), 6);
    await running.said(/Trying again for up to/);
    const pids = [running.child.pid ?? 0, childOf(running)];
    onTestFinished(() => {
      if (running.child.exitCode === null) signal(pids, 'SIGCONT');
    });
    signal(pids, 'SIGSTOP');
    // Longer than the limit.
    await sleep(8000);
    signal(pids, 'SIGCONT');
    await sleep(300);
    heal();
    const result = await running.ended;
    const end = endOf(result);
    expect({ exit: result.code, state: end.state }).toEqual({ exit: 0, state: 'completed' });
    await expectExact(aws, end.jobId);
  });

  test.each(['the load', 'the command', 'both'] as const)(
    'while all is well, and its connections are gone when it wakes: %s',
    async (who) => {
      const args = ['daily', '--force', '--network-timeout', '30'];
      const { running, held } = await heldAt(aws, 'UploadPart', () => startLoad(cli, env, args));
      const [command, load] = [running.child.pid ?? 0, childOf(running)];
      const pids = { 'the load': [load], 'the command': [command], both: [command, load] }[who];
      signal(pids, 'SIGSTOP');
      network.resets(true);
      network.cutAfter(network.received());
      network.cutAfterSent(network.sent());
      held.open();
      await sleep(2000);
      heal();
      signal(pids, 'SIGCONT');
      const result = await running.ended;
      const end = endOf(result);
      expect({ exit: result.code, state: end.state }).toEqual({ exit: 0, state: 'completed' });
      await expectExact(aws, end.jobId);
    },
  );
});
