/** Collisions that come into being after the pipelines were saved. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSettings } from '../../src/main/stores/settings.ts';
import { type Rig, startRig } from './rig.ts';
import { writeTable } from './tables.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  const path = join(rig.folder, 'shop.sqlite');
  writeTable(path, 'a_b', 1, 5);
  await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
  const other = join(rig.folder, 'x_shop.sqlite');
  writeTable(other, 'a_b', 1, 5);
  await rig.client.sources.save({ name: 'other', location: { kind: 'sqlite', path: other } });
  await rig.addDestination();
  await rig.addPipeline({ name: 'one', destinationPrefix: 's_x' });
  await rig.addPipeline({ name: 'two', destinationPrefix: 's_y', source: 'other' });
  // Settings that an older version, or a hand, has written.
  openSettings(join(rig.folder, 'data')).update((settings) => ({
    ...settings,
    pipelines: settings.pipelines.map((pipeline) =>
      pipeline.name === 'two' ? { ...pipeline, destinationPrefix: 's' } : pipeline,
    ),
  }));
});
afterAll(() => rig[Symbol.asyncDispose]());

it('the preview names both', async () => {
  const { collisions } = await rig.client.pipelines.preview({ name: 'two' });
  expect(collisions).toEqual([{ path: 'in/s_x_shop_a_b/', objects: ['two: a_b', 'one: a_b'] }]);
});

it('a load of either is not started', async () => {
  for (const pipeline of ['one', 'two']) {
    await expect(rig.client.jobs.start({ pipeline })).rejects.toMatchObject({
      code: 'PATH_COLLISION',
      message: expect.stringMatching(/(one|two): a_b and (one|two): a_b would write/),
    });
  }
  expect(await rig.client.jobs.list()).toEqual([]);
  expect(await rig.keys()).toEqual([]);
});
