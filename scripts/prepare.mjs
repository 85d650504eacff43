/**
 * Builds the page and the command line into out/. npm runs this after an install, so that both start at once and
 * with no further step.
 * Silent when all is well, and when there is nothing to build with (an install without devDependencies).
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linkNode } from './link-node.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
linkNode(root);
const hasTools =
  existsSync(join(root, 'node_modules/vite')) && existsSync(join(root, 'src/renderer/index.html'));

if (hasTools) {
  const { build } = await import('vite');
  for (const config of ['vite.config.ts', 'vite.cli.config.ts']) {
    await build({ configFile: join(root, config), logLevel: 'error' });
  }
}
