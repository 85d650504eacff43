/**
 * Runs one load in a process of its own, against a sandbox that runs elsewhere. Arguments: data folder, secret of
 * the destination, options of the load as JSON, then a pipeline. Says "job ID", then what of the history changed is
 * seen by others; at the end one line of JSON with the state, the rows and the peak of memory in KiB.
 */
import { openCore } from '../../../src/main/core/index.ts';
import { jobInProcess } from '../../support/job-in-process.ts';
import { memorySecrets } from '../../support/memory-secrets.ts';

const [, , folder = '', secret = '', load = '{}', pipeline = ''] = process.argv;
const secrets = memorySecrets(new Map([['destination/lake', secret]]));
await using core = openCore(folder, { secrets, load: JSON.parse(load), startJobProcess: jobInProcess });
const { jobId } = await core.client.jobs.start({ pipeline, force: true });
process.stdout.write(`job ${jobId}\n`);
for await (const event of await core.client.jobs.watch({ jobId })) {
  if (event.event !== 'end') continue;
  const rows = event.objects.reduce((sum, object) => sum + object.rows, 0);
  const peak = process.resourceUsage().maxRSS;
  process.stdout.write(`${JSON.stringify({ state: event.state, rows, peak, error: event.error })}\n`);
}
