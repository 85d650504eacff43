/**
 * Builds the page into out/renderer. npm runs this after an install, so that the app opens with no further step.
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
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'error' });
}
