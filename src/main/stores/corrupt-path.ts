/** The names under which damaged files are kept. */
import { existsSync, readdirSync } from 'node:fs';
import { join, parse } from 'node:path';

/**
 * Where a damaged file is put: `NAME.corrupt-<time>.EXT` beside it, e.g. `config.corrupt-20241127T091500Z.json`;
 * a name that is not taken.
 */
export function freeCorruptPath(path: string, now: Date = new Date()): string {
  const { dir, name, ext } = parse(path);
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const at = (again: string): string => join(dir, `${name}.corrupt-${time}${again}${ext}`);
  if (!existsSync(at(''))) return at('');
  let count = 2;
  while (existsSync(at(`-${count}`))) count += 1;
  return at(`-${count}`);
}

/** The damaged file that was put aside last, if there is one. */
export function newestCorruptPath(path: string): string | undefined {
  const { dir, name, ext } = parse(path);
  const [newest] = readdirSync(dir)
    .filter((file) => file.startsWith(`${name}.corrupt-`) && file.endsWith(ext))
    .sort()
    .reverse();
  return newest === undefined ? undefined : join(dir, newest);
}
