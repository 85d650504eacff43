import { findPackageJSON } from 'node:module';
import { dirname } from 'node:path';

/** The folder of the package, whether this module runs as it was written or as a part of what was built. */
export const packageRoot: string = dirname(findPackageJSON(import.meta.url) ?? import.meta.dirname);
