import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The window's own code, for both of its hosts. No inline script or style: the content policy forbids them. */
export default defineConfig({
  root: resolve(import.meta.dirname, 'src/renderer'),
  base: './',
  plugins: [react()],
  build: {
    outDir: resolve(import.meta.dirname, 'out/renderer'),
    emptyOutDir: true,
    minify: true,
    // Cloudscape is one large chunk by nature, and it is read from this computer.
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
    // Data URLs in CSS are fonts and images only, which the policy allows.
    assetsInlineLimit: 0,
  },
});
