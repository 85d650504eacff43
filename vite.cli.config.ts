/**
 * Builds the command line into out/cli: few files instead of a thousand, which start in half the time. What is
 * native stays outside, and so does conf, which is required at run time.
 */
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;

/** What ssh2 would rather have compiled is asked for and not there, as in an install where nothing is compiled. */
const withoutNativeSsh: Plugin = {
  name: 'without-native-ssh',
  enforce: 'pre',
  resolveId: (id) => (/^cpu-features$|sshcrypto\.node$/.test(id) ? '\0not-compiled.cjs' : null),
  load: (id) =>
    id === '\0not-compiled.cjs' ? "throw new Error('not compiled');\nmodule.exports = {};" : null,
};

export default defineConfig({
  root,
  plugins: [withoutNativeSsh],
  // Of CommonJS packages that ask where they are: a part of ssh2 does, and needs no file.
  define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
  publicDir: false,
  // `open` brings a program of its own beside its module.
  ssr: {
    noExternal: true,
    external: ['@duckdb/node-api', 'keytar', 'conf', 'electron-store', 'open', 'pg-native'],
  },
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
