/** The folder of a sandbox: objects as files, and `.sluice` with the index, uploads and temporary files. */
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BucketSettings } from './bucket-settings.ts';
import { openDatabase } from './database.ts';
import { ObjectStore } from './object-store.ts';
import { hiddenFolder } from './paths.ts';
import { TemporaryFile } from './temporary-file.ts';
import { UploadStore } from './upload-store.ts';
import { VersionStore } from './version-store.ts';

export interface Store {
  readonly objects: ObjectStore;
  readonly bucketSettings: BucketSettings;
  readonly versions: VersionStore;
  readonly uploads: UploadStore;
  /** On the same file system as the objects, so that a rename is enough. */
  readonly temporaryFile: () => Promise<TemporaryFile>;
  readonly close: () => void;
}

/**
 * Opens the store in `folder`, making it when absent; what a killed process left half-done is put right.
 * @throws SluiceError IN_USE, DATA_FOLDER_UNUSABLE
 */
export function openStore(folder: string): Store {
  const root = resolve(folder);
  const database = openDatabase(root);
  try {
    const objects = new ObjectStore(root, database);
    const uploads = new UploadStore(join(root, hiddenFolder, 'uploads'), database);
    const temporary = join(root, hiddenFolder, 'tmp');
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    return {
      objects,
      bucketSettings: new BucketSettings(database),
      versions: new VersionStore(root, database, objects),
      uploads,
      temporaryFile: () => TemporaryFile.create(temporary),
      close: () => database.close(),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}
