/** What is set on a bucket beside its objects: its policy, versioning, default encryption, … */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

function prepareAll(database: DatabaseSync) {
  return {
    get: database.prepare('SELECT value FROM bucket_settings WHERE bucket = ? AND name = ?'),
    set: database.prepare('INSERT OR REPLACE INTO bucket_settings (bucket, name, value) VALUES (?, ?, ?)'),
    remove: database.prepare('DELETE FROM bucket_settings WHERE bucket = ? AND name = ?'),
  } satisfies Record<string, StatementSync>;
}

export class BucketSettings {
  private readonly statements: ReturnType<typeof prepareAll>;

  constructor(database: DatabaseSync) {
    this.statements = prepareAll(database);
  }

  /** The value as it was set; undefined when it was not. */
  get(bucket: string, name: string): string | undefined {
    const row = this.statements.get.get(bucket, name);
    return row === undefined ? undefined : String(row.value);
  }

  /** The bucket must exist. */
  set(bucket: string, name: string, value: string): void {
    this.statements.set.run(bucket, name, value);
  }

  remove(bucket: string, name: string): void {
    this.statements.remove.run(bucket, name);
  }
}
