import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

// Half of the time to start is compiling. Beside the program, since what lies in a shared /tmp could be planted
// there by others; where that folder cannot be written, Node goes on without.
enableCompileCache(join(packageRoot, 'node_modules/.cache/sluice'));

// A reader that has seen enough, such as `head`, is no error, and no reason to leave a load half-way.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const { runCommandLine } = await import('./program.ts');
await runCommandLine(process.argv.slice(2));
