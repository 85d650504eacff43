/**
 * Goes on with the Node that npm installed beside this package, where the one that runs is too old. In its own
 * checkout npm links that Node into the way of its scripts; a command that was installed has nobody to do that.
 *
 * Plain JavaScript that Node 20 can read.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const needed = 24;

/** The program, or undefined where this system has no package of it. */
function ownNode() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const program = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(program) ? program : undefined;
  } catch {
    // Not installed: preflight.mjs says what to do.
    return undefined;
  }
}

const isOld = Number(process.versions.node.split('.')[0]) < needed;
const program = isOld ? ownNode() : undefined;
if (program !== undefined) {
  const child = spawn(program, process.argv.slice(1), { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; what is sent to this process alone is passed on.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const status = await new Promise((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  if (typeof status === 'number') process.exit(status);
  if (typeof status === 'string') {
    process.removeAllListeners(status);
    process.kill(process.pid, status);
    await new Promise(() => setInterval(() => undefined, 1000));
  }
}
