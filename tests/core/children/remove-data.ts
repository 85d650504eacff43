/** Removes the data of a job in a process of its own. Arguments: data folder, secret of the destination, job id. */
import { openCore } from '../../../src/main/core/index.ts';
import { memorySecrets } from '../../support/memory-secrets.ts';

const [, , folder = '', secret = '', jobId = ''] = process.argv;
await using core = openCore(folder, { secrets: memorySecrets(new Map([['destination/lake', secret]])) });
process.stdout.write('begun\n');
for await (const _ of await core.client.jobs.removeData({ jobId }));
