/** Opens the app: in its window, or where that cannot be had, in the browser. Run by `npm start`. */
import './preflight.mjs';

// Behind the check of the version: the rest is TypeScript, which an old Node cannot read.
import('./start/open-app.ts').then(({ openApp }) => openApp(process.argv.slice(2)));
