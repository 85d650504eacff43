/**
 * Whether what is built is older than what it is built from.
 *
 * Plain JavaScript: the command line asks at every start, and should not wait for its types to be stripped.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What every build is made of, from the root of the checkout. */
const inputs = [
  'src',
  'package.json',
  'package-lock.json',
  'electron.vite.config.ts',
  'vite.config.ts',
  'vite.cli.config.ts',
];

/**
 * @param {string} root the folder of the checkout
 * @param {readonly string[]} outputs from `root`; each is written anew by every build
 */
export function isStale(root, outputs) {
  const files = outputs.map((output) => join(root, output));
  if (!files.every((file) => existsSync(file))) return true;
  const built = Math.min(...files.map((file) => statSync(file).mtimeMs));
  return inputs.some((input) => newest(join(root, input)) > built);
}

/**
 * In milliseconds since the epoch; a folder counts too, since that is where a removed file shows.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
