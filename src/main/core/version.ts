import manifest from '../../../package.json' with { type: 'json' };

/** The version of Sluice, for receipts and `--version`. */
export const version: string = manifest.version;
