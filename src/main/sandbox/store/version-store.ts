/**
 * What versioned buckets keep beside the current objects: earlier versions, as hidden files, and delete markers.
 * The current object stays an ordinary file that a person can open.
 */
import { copyFileSync, linkSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { transaction } from './database.ts';
import type { ObjectStore } from './object-store.ts';
import { hiddenFolder } from './paths.ts';
import type { LocatedObject, ObjectRecord } from './records.ts';

/** A version that is not the current object. */
export interface VersionRecord {
  readonly bucket: string;
  readonly key: string;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Undefined for a delete marker. */
  readonly object?: ObjectRecord;
}

const folder = `${hiddenFolder}/versions`;

function prepareAll(database: DatabaseSync) {
  return {
    add: database.prepare('INSERT INTO versions (bucket, key, version, record) VALUES (?, ?, ?, ?)'),
    find: database.prepare('SELECT record FROM versions WHERE bucket = ? AND key = ? AND version = ?'),
    newest: database.prepare(
      'SELECT record FROM versions WHERE bucket = ? AND key = ? ORDER BY id DESC LIMIT 1',
    ),
    forget: database.prepare('DELETE FROM versions WHERE bucket = ? AND key = ? AND version = ?'),
    ofKey: database.prepare('SELECT record FROM versions WHERE bucket = ? AND key = ? ORDER BY id DESC'),
    keys: database.prepare(
      'SELECT DISTINCT key FROM versions WHERE bucket = ? AND key >= ? ORDER BY key LIMIT ?',
    ),
    any: database.prepare('SELECT 1 AS found FROM versions WHERE bucket = ? LIMIT 1'),
    // A crash between keeping a version and replacing the object leaves it in both places.
    recover: database.prepare(
      `DELETE FROM versions WHERE EXISTS (SELECT 1 FROM objects WHERE objects.bucket = versions.bucket
         AND objects.key = versions.key AND objects.record ->> '$.version' = versions.version)`,
    ),
    put: database.prepare('INSERT OR REPLACE INTO objects (bucket, key, record) VALUES (?, ?, ?)'),
    forgetObject: database.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?'),
  } satisfies Record<string, StatementSync>;
}

const parse = (row: Record<string, unknown> | undefined): VersionRecord | undefined =>
  row === undefined ? undefined : (JSON.parse(String(row.record)) as VersionRecord);

export class VersionStore {
  private readonly root: string;
  private readonly database: DatabaseSync;
  private readonly objects: ObjectStore;
  private readonly statements: ReturnType<typeof prepareAll>;

  constructor(root: string, database: DatabaseSync, objects: ObjectStore) {
    this.root = root;
    this.database = database;
    this.objects = objects;
    this.statements = prepareAll(database);
    this.statements.recover.run();
  }

  find(bucket: string, key: string, version: string): VersionRecord | undefined {
    return parse(this.statements.find.get(bucket, Buffer.from(key), version));
  }

  newest(bucket: string, key: string): VersionRecord | undefined {
    return parse(this.statements.newest.get(bucket, Buffer.from(key)));
  }

  /** Newest first, without the current object. */
  of(bucket: string, key: string): readonly VersionRecord[] {
    return this.statements.ofKey.all(bucket, Buffer.from(key)).flatMap((row) => parse(row) ?? []);
  }

  /** Keys that have such versions, from `lower` (inclusive) on, in the order of their bytes. */
  keys(bucket: string, lower: Uint8Array, limit: number): readonly string[] {
    return this.statements.keys
      .all(bucket, lower, limit)
      .map(({ key }) => Buffer.from(key as Uint8Array).toString());
  }

  isEmpty(bucket: string): boolean {
    return this.statements.any.get(bucket) === undefined;
  }

  /** Keeps the current object as a version; it stays where it is until something takes its place. */
  keep(bucket: string, key: string): void {
    const current = this.objects.located(bucket, key);
    if (current === undefined) return;
    const kept: LocatedObject = { ...current, location: `${folder}/${crypto.randomUUID()}` };
    this.linkFile(current.location, kept.location);
    this.add({ bucket, key, version: current.version ?? 'null', modified: current.modified, object: kept });
  }

  private add(record: VersionRecord): void {
    this.statements.add.run(record.bucket, Buffer.from(record.key), record.version, JSON.stringify(record));
  }

  /** Puts a delete marker on top: the object is gone, and what it was is kept. */
  mark(marker: VersionRecord): void {
    const { bucket, key } = marker;
    this.keep(bucket, key);
    this.add(marker);
    this.objects.remove(bucket, key);
  }

  /** Removes a version for good; where it was a delete marker on top, what was below comes back. */
  remove(bucket: string, key: string, version: string): void {
    const found = this.find(bucket, key, version);
    if (found === undefined) return;
    this.statements.forget.run(bucket, Buffer.from(key), version);
    if (found.object !== undefined) rmSync(join(this.root, locationOf(found)), { force: true });
    this.promote(bucket, key);
  }

  /** Makes the newest version the current object, where there is none and the newest is no delete marker. */
  promote(bucket: string, key: string): void {
    if (this.objects.located(bucket, key) !== undefined) return;
    const newest = this.newest(bucket, key);
    if (newest?.object === undefined) return;
    const location = this.objects.placeFor(bucket, key);
    this.linkFile(locationOf(newest), location);
    const object: LocatedObject = { ...newest.object, location };
    transaction(this.database, () => {
      this.statements.put.run(bucket, Buffer.from(key), JSON.stringify(object));
      this.statements.forget.run(bucket, Buffer.from(key), newest.version);
    });
    rmSync(join(this.root, locationOf(newest)), { force: true });
  }

  /** The path of a version's file. */
  fileOf(version: VersionRecord): string {
    return join(this.root, locationOf(version));
  }

  /** Rewrites what is known of a version, e.g. its lock. */
  update(version: VersionRecord): void {
    this.database
      .prepare('UPDATE versions SET record = ? WHERE bucket = ? AND key = ? AND version = ?')
      .run(JSON.stringify(version), version.bucket, Buffer.from(version.key), version.version);
  }

  private linkFile(from: string, to: string): void {
    const [source, target] = [join(this.root, from), join(this.root, to)];
    mkdirSync(join(target, '..'), { recursive: true });
    // A person may have removed the file; then there is nothing to keep.
    if (lstatSync(source, { throwIfNoEntry: false }) === undefined) return;
    try {
      linkSync(source, target);
    } catch {
      // A file system without hard links; what goes wrong beyond that, the copy says.
      copyFileSync(source, target);
    }
  }
}

const locationOf = ({ object }: VersionRecord): string =>
  (object as LocatedObject | undefined)?.location ?? '';
