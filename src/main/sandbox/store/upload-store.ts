/** Multipart uploads in progress: their parts lie in a folder each until they are completed or aborted. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ChecksumAlgorithm, ChecksumType } from '../payload/checksum.ts';
import type { ObjectProperties } from './records.ts';

export interface UploadRecord extends ObjectProperties {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly initiator: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType };
}

export interface PartRecord {
  /** 1 to 10,000. */
  readonly number: number;
  /** Name inside the folder of the upload. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** MD5 in hex, without quotes. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

function prepareAll(database: DatabaseSync) {
  return {
    add: database.prepare('INSERT INTO uploads (id, bucket, started, record) VALUES (?, ?, ?, ?)'),
    find: database.prepare('SELECT record FROM uploads WHERE id = ?'),
    ofBucket: database.prepare('SELECT record FROM uploads WHERE bucket = ? ORDER BY started, id'),
    forget: database.prepare('DELETE FROM uploads WHERE id = ?'),
    putPart: database.prepare('INSERT OR REPLACE INTO parts (upload, number, record) VALUES (?, ?, ?)'),
    part: database.prepare('SELECT record FROM parts WHERE upload = ? AND number = ?'),
    parts: database.prepare('SELECT record FROM parts WHERE upload = ? ORDER BY number'),
  } satisfies Record<string, StatementSync>;
}

const parseUpload = (row: Record<string, unknown>): UploadRecord => JSON.parse(String(row.record));
const parsePart = (row: Record<string, unknown>): PartRecord => JSON.parse(String(row.record));

export class UploadStore {
  private readonly folder: string;
  private readonly statements: ReturnType<typeof prepareAll>;

  constructor(folder: string, database: DatabaseSync) {
    this.folder = folder;
    this.statements = prepareAll(database);
    mkdirSync(folder, { recursive: true });
    this.sweep();
  }

  create(record: Omit<UploadRecord, 'id'>): string {
    const id = randomBytes(36).toString('base64url');
    mkdirSync(join(this.folder, id));
    this.statements.add.run(id, record.bucket, record.started, JSON.stringify({ ...record, id }));
    return id;
  }

  find(id: string): UploadRecord | undefined {
    const row = this.statements.find.get(id);
    return row === undefined ? undefined : parseUpload(row);
  }

  /** Oldest first. */
  ofBucket(bucket: string): readonly UploadRecord[] {
    return this.statements.ofBucket.all(bucket).map(parseUpload);
  }

  /** By part number. */
  parts(id: string): readonly PartRecord[] {
    return this.statements.parts.all(id).map(parsePart);
  }

  fileOfPart(id: string, part: PartRecord): string {
    return join(this.folder, id, part.file);
  }

  /** Takes a finished file over as a part, in place of an earlier one of that number. */
  putPart(id: string, part: Omit<PartRecord, 'file'>, path: string): void {
    const file = `${part.number}-${randomBytes(6).toString('hex')}`;
    const before = this.statements.part.get(id, part.number);
    renameSync(path, join(this.folder, id, file));
    this.statements.putPart.run(id, part.number, JSON.stringify({ ...part, file }));
    if (before !== undefined) rmSync(this.fileOfPart(id, parsePart(before)), { force: true });
  }

  /** Ends an upload. The index first: files without an entry are swept at the next start. */
  remove(id: string): void {
    this.statements.forget.run(id);
    this.removeFolder(id);
  }

  removeFolder(id: string): void {
    rmSync(join(this.folder, id), { recursive: true, force: true });
  }

  /** Removes the files that a killed process left without an entry. */
  private sweep(): void {
    for (const id of readdirSync(this.folder)) {
      if (this.find(id) === undefined) {
        this.removeFolder(id);
        continue;
      }
      const known = new Set(this.parts(id).map((part) => part.file));
      for (const file of readdirSync(join(this.folder, id))) {
        if (!known.has(file)) rmSync(join(this.folder, id, file), { force: true });
      }
    }
  }
}
