/**
 * Makes the pictures of the README and of docs/getting-started.md anew: runs tests/e2e/story.test.ts and copies what it
 * photographed. Usage: node scripts/renew-pictures.ts
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const made = mkdtempSync(join(tmpdir(), 'sluice-pictures-'));
try {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const env = { ...process.env, SLUICE_SCREENSHOTS: made };
  const story = spawnSync(process.execPath, [vitest, 'run', 'tests/e2e/story.test.ts'], {
    ...{ cwd: root, env, stdio: 'inherit' as const },
  });
  const pictures = readdirSync(made).filter((name) => name.startsWith('story-'));
  if (story.status !== 0 || pictures.length === 0) throw new Error('the story was not told to its end');
  for (const name of pictures) copyFileSync(join(made, name), join(root, 'docs/images', name));
  console.log(`Renewed ${pictures.length} pictures.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(made, { recursive: true, force: true });
}
