/**
 * How long the app's own process keeps its users waiting while a load runs: opens the app's core as the window's
 * hosts do, runs one load, and prints the delays of the event loop meanwhile as one line of JSON. Arguments: the
 * data folder and the pipeline. A process of its own, because starting a program blocks its loop, too.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openWorkbench } from '../src/main/hosts/workbench.ts';

export interface LoopDelay {
  /** Milliseconds that a timer came late. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly rows: number;
}

/** Milliseconds between two probes, which the histogram counts with the delay. */
const resolution = 1;
/** Milliseconds for whatever an opened app still has to do. */
const settling = 500;

const [, , folder = '', pipeline = ''] = process.argv;
await using workbench = openWorkbench(folder, { host: { kind: 'web' } });
const { client } = workbench.core;
await new Promise((resolve) => setTimeout(resolve, settling));
const histogram = monitorEventLoopDelay({ resolution });
histogram.enable();
let rows = 0;
const { jobId } = await client.jobs.start({ pipeline, force: true });
for await (const event of await client.jobs.watch({ jobId })) {
  if (event.event !== 'end') continue;
  if (event.state !== 'completed') throw new Error(`the load is ${event.state}: ${event.error?.message}`);
  rows = event.objects.reduce((sum, object) => sum + object.rows, 0);
}
histogram.disable();
const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution);
const delay: LoopDelay = {
  p50: late(histogram.percentile(50)),
  p99: late(histogram.percentile(99)),
  max: late(histogram.max),
  rows,
};
process.stdout.write(`${JSON.stringify(delay)}\n`);
