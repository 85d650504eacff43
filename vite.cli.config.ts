/**
 * Builds the command line into out/cli: few files instead of a thousand, which start in half the time. What is
 * native stays outside, and so does conf, which is required at run time.
 */
import { join } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  root,
  publicDir: false,
  ssr: { noExternal: true, external: ['keytar', 'conf', 'electron-store', 'pg-native'] },
  build: {
    ssr: true,
    target: 'node24',
    outDir: join(root, 'out/cli'),
    emptyOutDir: true,
    // Chunks lie beside the entries: a load's process is found beside the module that starts it.
    assetsDir: '',
    rolldownOptions: {
      input: {
        sluice: join(root, 'src/main/hosts/cli/sluice.ts'),
        'job-process': join(root, 'src/main/core/job-process.ts'),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
