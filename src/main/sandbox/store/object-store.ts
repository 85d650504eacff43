/** Buckets and objects: files that a person can open, and the index that knows what they are. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { transaction } from './database.ts';
import { newLocation } from './paths.ts';
import type { BucketRecord, LocatedObject, ObjectRecord } from './records.ts';

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

const parseRecord = (row: Record<string, unknown>): LocatedObject => JSON.parse(String(row.record));

function prepareAll(database: DatabaseSync) {
  return {
    addBucket: database.prepare('INSERT OR IGNORE INTO buckets (name, created) VALUES (?, ?)'),
    removeBucket: database.prepare('DELETE FROM buckets WHERE name = ?'),
    bucket: database.prepare('SELECT name, created FROM buckets WHERE name = ?'),
    buckets: database.prepare('SELECT name, created FROM buckets ORDER BY name'),
    find: database.prepare('SELECT record FROM objects WHERE bucket = ? AND key = ?'),
    put: database.prepare('INSERT OR REPLACE INTO objects (bucket, key, record) VALUES (?, ?, ?)'),
    forget: database.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?'),
    scan: database.prepare('SELECT record FROM objects WHERE bucket = ? AND key >= ? ORDER BY key LIMIT ?'),
    intend: database.prepare('INSERT INTO pending (temporary, record, upload) VALUES (?, ?, ?)'),
    pending: database.prepare('SELECT id, temporary, record, upload FROM pending ORDER BY id'),
    settle: database.prepare('DELETE FROM pending WHERE id = ?'),
    supersede: database.prepare(
      "DELETE FROM pending WHERE id <= ? AND record ->> '$.bucket' = ? AND record ->> '$.key' = ?",
    ),
    forgetUpload: database.prepare('DELETE FROM uploads WHERE id = ?'),
  } satisfies Record<string, StatementSync>;
}

/**
 * Everything here is synchronous on purpose: between the check of a condition and the rename that it guards,
 * no other request can come in.
 */
export class ObjectStore {
  private readonly root: string;
  private readonly database: DatabaseSync;
  private readonly statements: ReturnType<typeof prepareAll>;

  constructor(root: string, database: DatabaseSync) {
    this.root = root;
    this.database = database;
    this.statements = prepareAll(database);
    this.recover();
  }

  /** False when the bucket exists. */
  createBucket(name: string, created: number): boolean {
    mkdirSync(join(this.root, name), { recursive: true });
    return this.statements.addBucket.run(name, created).changes === 1;
  }

  /** Removes an empty bucket with its settings and unfinished uploads; its folder too, unless a person put something there. */
  removeBucket(name: string): void {
    this.statements.removeBucket.run(name);
    try {
      rmdirSync(join(this.root, name));
    } catch (error) {
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
    }
  }

  hasBucket(name: string): boolean {
    return this.statements.bucket.get(name) !== undefined;
  }

  buckets(): readonly BucketRecord[] {
    return this.statements.buckets
      .all()
      .map((row) => ({ name: String(row.name), created: Number(row.created) }));
  }

  private row(bucket: string, key: string): LocatedObject | undefined {
    const row = this.statements.find.get(bucket, Buffer.from(key));
    return row === undefined ? undefined : parseRecord(row);
  }

  /** The object with its size on disk. One whose file a person removed is gone, and the index learns it here. */
  find(bucket: string, key: string): ObjectRecord | undefined {
    const object = this.row(bucket, key);
    if (object === undefined) return undefined;
    const found = lstatSync(join(this.root, object.location), { throwIfNoEntry: false });
    if (found?.isFile()) return { ...object, size: found.size };
    this.statements.forget.run(bucket, Buffer.from(key));
    return undefined;
  }

  /** The path of the object's file. */
  fileOf(bucket: string, key: string): string | undefined {
    const object = this.row(bucket, key);
    return object === undefined ? undefined : join(this.root, object.location);
  }

  /** The object with the place of its file; undefined when there is none. */
  located(bucket: string, key: string): LocatedObject | undefined {
    return this.find(bucket, key) === undefined ? undefined : this.row(bucket, key);
  }

  /** A free place for a new object, relative to the store. */
  placeFor(bucket: string, key: string): string {
    return newLocation(this.root, bucket, key);
  }

  /** Rewrites what is known of an object, e.g. its tags; its bytes stay. */
  update(object: ObjectRecord): void {
    const { bucket, key } = object;
    const location = this.row(bucket, key)?.location;
    this.statements.put.run(bucket, Buffer.from(key), JSON.stringify({ ...object, location }));
  }

  /** Opens the object for reading; the descriptor is the caller's to close. */
  open(bucket: string, key: string): { object: ObjectRecord; descriptor: number } | undefined {
    const object = this.find(bucket, key);
    const path = this.fileOf(bucket, key);
    if (object === undefined || path === undefined) return undefined;
    // A link that somebody put in the place of the file could lead out of the store.
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      return { object: { ...object, size: fstatSync(descriptor).size }, descriptor };
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** Objects from `lower` (inclusive) on, in the order of their keys' bytes, as the index knows them. */
  scan(bucket: string, lower: Uint8Array, limit: number): readonly ObjectRecord[] {
    return this.statements.scan.all(bucket, lower, limit).map(parseRecord);
  }

  /**
   * Moves a finished file into its place and makes it the object, in place of the one before it. Whatever
   * moment the process dies at, the next start sees the old object or the new one.
   * @param upload the multipart upload that ends with it
   */
  publish(record: ObjectRecord, file: string, upload?: string): void {
    const { bucket, key } = record;
    const location = this.row(bucket, key)?.location ?? newLocation(this.root, bucket, key);
    const located: LocatedObject = { ...record, location };
    const { lastInsertRowid: id } = this.statements.intend.run(
      relative(this.root, file),
      JSON.stringify(located),
      upload ?? null,
    );
    try {
      const target = join(this.root, location);
      mkdirSync(dirname(target), { recursive: true });
      renameSync(file, target);
    } catch (error) {
      this.statements.settle.run(id);
      throw error;
    }
    this.settle(Number(id), located, upload);
  }

  private settle(id: number, object: LocatedObject, upload: string | undefined): void {
    transaction(this.database, () => {
      this.statements.put.run(object.bucket, Buffer.from(object.key), JSON.stringify(object));
      if (upload !== undefined) this.statements.forgetUpload.run(upload);
      // With it goes an older intent for the same key, which a full disk kept from being settled.
      this.statements.supersede.run(id, object.bucket, object.key);
    });
  }

  /** Rolls forward what was renamed, forgets what was not. */
  private recover(): void {
    for (const row of this.statements.pending.all()) {
      const object = parseRecord(row);
      const waiting = lstatSync(join(this.root, String(row.temporary)), { throwIfNoEntry: false });
      const target = lstatSync(join(this.root, object.location), { throwIfNoEntry: false });
      if (waiting === undefined && target?.size === object.size) {
        this.settle(Number(row.id), object, row.upload === null ? undefined : String(row.upload));
      } else this.statements.settle.run(Number(row.id));
    }
  }

  /** Removes the object if it is there, and the folders that it leaves empty. */
  remove(bucket: string, key: string): void {
    const object = this.row(bucket, key);
    if (object === undefined) return;
    rmSync(join(this.root, object.location), { force: true });
    this.statements.forget.run(bucket, Buffer.from(key));
    const keep = join(this.root, bucket);
    for (let folder = dirname(join(this.root, object.location)); folder !== keep; folder = dirname(folder)) {
      if (!folder.startsWith(keep)) return;
      try {
        rmdirSync(folder);
      } catch (error) {
        if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return;
        if (!hasCode(error, 'ENOENT')) throw error;
      }
    }
  }
}
