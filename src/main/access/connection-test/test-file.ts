/** Names of test files: what a test writes, and what a later one may take for left behind. */

const mark = '.sluice-test-';

/** @param folder with its slash, or '' */
export const newTestKey = (folder: string): string => `${testPrefix(folder)}${crypto.randomUUID()}`;

/** What every test file below a folder begins with. */
export const testPrefix = (folder: string): string => `${folder}${mark}`;

/** True for nothing but the name of a test file right in the folder. */
export const isTestKey = (key: string, folder: string): boolean =>
  key.startsWith(testPrefix(folder)) &&
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key.slice(testPrefix(folder).length));
