/** Saves pipelines in a process of its own. Arguments: data folder, source, destination, then their names. */
import { openCore } from '../../../src/main/core/index.ts';
import { memorySecrets } from '../../support/memory-secrets.ts';

const [, , folder = '', source = '', destination = '', ...names] = process.argv;
await using core = openCore(folder, { secrets: memorySecrets() });
for (const name of names) {
  await core.client.pipelines.save({
    ...{ name, source, destination, destinationPrefix: name, partitionKey: '${DATE}', timeZone: 'UTC' },
    objects: 'all',
  });
}
