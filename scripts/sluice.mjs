#!/usr/bin/env node
/**
 * The command line: as it was built, where nothing has changed since, and otherwise as it stands in `src`, which
 * does the same and takes twice as long to start. What is installed from npm has the first only.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// One after the other: imports that stand side by side do not wait for each other.
await import('./own-node.mjs');
await import('./preflight.mjs');

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = 'out/cli/sluice.js';
const source = 'src/main/hosts/cli/sluice.ts';
let runs = built;
if (existsSync(join(root, source))) {
  const { isStale } = await import('./start/staleness.mjs');
  if (isStale(root, [built])) runs = source;
}
await import(pathToFileURL(join(root, runs)).href);
