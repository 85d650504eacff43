/** Where an object lies on disk: as a person would expect it if its key can be a path, else in a hidden folder. */
import { createHash } from 'node:crypto';
import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** Inside the store: everything that is not an object with an ordinary key. No bucket can have this name. */
export const hiddenFolder = '.sluice';

/** The longest path that the system opens, in bytes. */
const maxPathBytes = process.platform === 'win32' ? 259 : process.platform === 'darwin' ? 1023 : 4095;

// The same rules everywhere, so that a store can be copied to another system.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const forbidden = /[<>:"|?*\\\u0000-\u001f\u007f]|[. ]$/;
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

const isPlainSegment = (segment: string): boolean =>
  segment !== '' &&
  !forbidden.test(segment) &&
  !deviceName.test(segment) &&
  Buffer.byteLength(segment) <= 255;

/** `bucket/key`, or undefined when the key cannot be a path on every system: `..`, `//`, `a/`, `a:b`, … */
function plainLocation(bucket: string, key: string): string | undefined {
  return key.split('/').every(isPlainSegment) ? `${bucket}/${key}` : undefined;
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** True when nothing is there and every folder on the way is a folder of our own: no file, no symbolic link. */
function isFree(root: string, location: string): boolean {
  let path = root;
  const segments = location.split('/');
  const last = segments.length - 1;
  for (const [index, segment] of segments.entries()) {
    path = join(path, segment);
    const found = statOf(path);
    if (found === undefined) return true;
    if (index === last || !found.isDirectory()) return false;
  }
  return false;
}

/**
 * The place for a new object, relative to the store, with `/` between the parts. `a` and `a/b` cannot both be
 * files, nor `A` and `a` where the file system does not tell them apart: who comes second is hidden.
 */
export function newLocation(root: string, bucket: string, key: string): string {
  const plain = plainLocation(bucket, key);
  const fits = plain !== undefined && Buffer.byteLength(join(root, plain)) <= maxPathBytes;
  if (fits && isFree(root, plain)) return plain;
  const name = createHash('sha256').update(key).digest('hex');
  return `${hiddenFolder}/objects/${bucket}/${name}`;
}
