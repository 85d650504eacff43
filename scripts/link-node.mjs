/**
 * Links the Node that npm installed beside the project, where npm did not. npm 10, which comes with Node 20, takes
 * the link away together with the packages for other systems: all of them bring a program named `node`.
 *
 * Plain JavaScript that Node 20 can read.
 */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes `node_modules/.bin/node` where it is missing and there is something to link to. Windows has no such links;
 * there npm's own `.cmd` files stay.
 * @param {string} root the folder of the project
 * @param {{ platform: string, arch: string }} system
 */
export function linkNode(root, { platform, arch } = process) {
  if (platform === 'win32') return;
  const own = `node-${platform}-${arch}`;
  const programs = join(root, 'node_modules', '.bin');
  const link = join(programs, 'node');
  if (existsSync(link) || !existsSync(join(root, 'node_modules', own, 'bin', 'node'))) return;
  mkdirSync(programs, { recursive: true });
  symlinkSync(join('..', own, 'bin', 'node'), link);
}
