/** Whether what is built is older than what it is built from. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What every build is made of, from the root of the checkout. */
const inputs = ['src', 'package.json', 'package-lock.json', 'electron.vite.config.ts', 'vite.config.ts'];

/** @param outputs from `root`; each is written anew by every build */
export function isStale(root: string, outputs: readonly string[]): boolean {
  const files = outputs.map((output) => join(root, output));
  if (!files.every((file) => existsSync(file))) return true;
  const built = Math.min(...files.map((file) => statSync(file).mtimeMs));
  return inputs.some((input) => newest(join(root, input)) > built);
}

/** In milliseconds since the epoch; a folder counts too, since that is where a removed file shows. */
function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
