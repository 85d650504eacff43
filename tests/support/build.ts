/** Runs once before all tests: the command line and the page that they start are those that users get. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isStale } from '../../scripts/start/staleness.mjs';

const root = join(import.meta.dirname, '../..');

export default async function build(): Promise<void> {
  if (!isStale(root, ['out/cli/sluice.js', 'out/renderer/index.html'])) return;
  await promisify(execFile)(process.execPath, [join(root, 'scripts/prepare.mjs')], { cwd: root });
}
