/** Builds the page; the desktop app and the web host serve the same files. */
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = join(import.meta.dirname, 'src/renderer');

export default defineConfig({
  root,
  // The page is served at the top of its own origin by both hosts.
  base: './',
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, 'out/renderer'),
    emptyOutDir: true,
    minify: true,
    // A font or picture inside a style sheet would need more of the content security policy than files do.
    assetsInlineLimit: 0,
  },
});
