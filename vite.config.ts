/** Builds the page; the desktop app and the web host serve the same files. */
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { shipHelp } from './scripts/help-pages.ts';
import { listPackages } from './scripts/shipped-packages.ts';

// The page is the one that users get, whatever the environment says: with another value the JSX is compiled for a
// React that is not in it, and the page stays empty.
process.env.NODE_ENV = 'production';

export default defineConfig({
  root: join(import.meta.dirname, 'src/renderer'),
  // The page is served at the top of its own origin by both hosts.
  base: './',
  plugins: [react(), listPackages(import.meta.dirname), shipHelp(import.meta.dirname)],
  build: {
    outDir: join(import.meta.dirname, 'out/renderer'),
    emptyOutDir: true,
    minify: true,
    // Cloudscape is one large chunk by nature, and it is read from this computer.
    chunkSizeWarningLimit: 2000,
    // The content policy allows no inline script; every browser that we meet preloads by itself.
    modulePreload: { polyfill: false },
    // A font or picture inside a style sheet would need more of the content policy than files do.
    assetsInlineLimit: 0,
  },
});
