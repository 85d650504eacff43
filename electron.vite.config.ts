/** Builds the desktop app into out/: the main process, its preload, and the page. */
import { join } from 'node:path';
import { defineConfig } from 'electron-vite';
import renderer from './vite.config.ts';

const root = import.meta.dirname;
const host = join(root, 'src/main/hosts/electron');

export default defineConfig({
  // The dependencies of package.json stay outside: they ship as they are.
  main: {
    build: {
      rolldownOptions: {
        input: { main: join(host, 'main.ts'), 'job-process': join(root, 'src/main/core/job-process.ts') },
      },
    },
  },
  // A sandboxed preload cannot load anything: one CommonJS file.
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: join(host, 'preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer,
});
