/** The page that `npm ci` builds. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { buildPage } from '../support/window.ts';

it('is the same whatever NODE_ENV says', async () => {
  const built = async (value: string): Promise<readonly string[]> => {
    const folder = join(temporaryFolder(), 'page');
    await buildPage(folder, { NODE_ENV: value });
    // The names hold a hash of what is in the files.
    return readdirSync(join(folder, 'assets')).sort();
  };
  const usual = await built('production');
  expect(usual.length).toBeGreaterThan(5);
  expect(await built('development')).toEqual(usual);
  expect(await built('test')).toEqual(usual);
});
