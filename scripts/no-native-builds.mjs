/**
 * Stands where npm looks for node-gyp (.npmrc): nothing is compiled, and no headers are fetched, when Sluice's packages
 * are installed. All that need native code bring it along; what others would build is an optional speed-up.
 *
 * Plain JavaScript that Node 20 can read.
 */
process.exitCode = 1;
