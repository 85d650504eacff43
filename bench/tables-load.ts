/**
 * One load with given options, in the way of the command line. Arguments: data folder, pipeline, options of the load
 * as JSON. Prints the rows and files of what was loaded as one line of JSON.
 */
import { openWorkbench } from '../src/main/hosts/workbench.ts';

const [, , folder = '', pipeline = '', load = '{}'] = process.argv;
await using workbench = openWorkbench(folder, { host: { kind: 'web' }, load: JSON.parse(load) });
const { client } = workbench.core;
const { jobId } = await client.jobs.start({ pipeline, force: true });
for await (const event of await client.jobs.watch({ jobId })) {
  if (event.event !== 'end') continue;
  if (event.state !== 'completed') throw new Error(`the load is ${event.state}: ${event.error?.message}`);
  const rows = event.objects.reduce((sum, object) => sum + object.rows, 0);
  const files = event.objects.reduce((sum, object) => sum + object.files.length, 0);
  process.stdout.write(`${JSON.stringify({ rows, files })}\n`);
}
