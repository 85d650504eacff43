#!/usr/bin/env node
/**
 * The command line: as it was built, where nothing has changed since, and otherwise as it stands in `src`, which
 * does the same and takes twice as long to start. What is installed from npm has the first only.
 */
import './preflight.mjs';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isStale } from './start/staleness.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = 'out/cli/sluice.js';
const source = 'src/main/hosts/cli/sluice.ts';
const runs = existsSync(join(root, source)) && isStale(root, [built]) ? source : built;
await import(pathToFileURL(join(root, runs)).href);
