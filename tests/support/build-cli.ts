/** Runs once before all tests: the command line that they start is the one that users get. */
import { join } from 'node:path';
import { build } from 'vite';
import { isStale } from '../../scripts/start/staleness.mjs';

const root = join(import.meta.dirname, '../..');

export default async function buildCli(): Promise<void> {
  if (!isStale(root, ['out/cli/sluice.js'])) return;
  await build({ configFile: join(root, 'vite.cli.config.ts'), logLevel: 'error' });
}
