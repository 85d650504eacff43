/** What is said to the history database. The tables are made in history-schema.ts. */

const summaryOf = (from: string): string => `
  SELECT job_id, pipeline, state, started_at, ended_at, removed_at,
    (SELECT coalesce(sum(o.rows), 0) FROM objects o
      WHERE o.job_id = jobs.job_id AND o.state = 'completed') AS rows,
    (SELECT coalesce(sum(o.set_aside ->> '$.rows'), 0) FROM objects o
      WHERE o.job_id = jobs.job_id AND o.state = 'completed') AS set_aside,
    (SELECT count(*) FROM files f JOIN objects o USING (job_id, ordinal)
      WHERE f.job_id = jobs.job_id AND o.state = 'completed' AND f.state = 'committed') AS files
  FROM jobs ${from}`;

/** A bucket at a service, of a job or as parameters: what makes two keys the same. */
const placeOf = (jobs: string | undefined): string =>
  jobs === undefined
    ? `(:bucket, :endpoint)`
    : `(${jobs}.destination ->> '$.bucket', coalesce(${jobs}.destination ->> '$.endpoint', ''))`;

/** One statement each; a write meets exactly one record, or it is a fault. */
export const sql = {
  beginJob: `INSERT INTO jobs
      (job_id, pipeline, definition, destination, database, version, state, started_at, forced)
    VALUES (:jobId, :name, :definition, :destination, :database, :version, 'running', :startedAt, :forced)`,
  beginObject: `INSERT INTO objects (job_id, ordinal, schema, name, path, directory, state, rows)
    VALUES (:jobId, :ordinal, :schema, :name, :path, :directory, 'pending', 0)`,
  setSnapshot: `UPDATE jobs SET snapshot_at = :at, source_version = coalesce(:sourceVersion, source_version)
    WHERE job_id = :jobId`,
  setOptions: 'UPDATE jobs SET options = :options WHERE job_id = :jobId',
  runAgain: `UPDATE jobs SET state = 'running', ended_at = NULL, error = NULL WHERE job_id = :jobId`,
  addResume: 'INSERT INTO resumes (job_id, resumed_at) VALUES (:jobId, :at)',
  setObject: `UPDATE objects SET state = :state, rows = coalesce(:rows, rows), query = coalesce(:query, query),
    read_from = coalesce(:readFrom, read_from), read_to = coalesce(:readTo, read_to),
    content_hash = coalesce(:contentHash, content_hash), snapshot_at = coalesce(:snapshotAt, snapshot_at),
    warnings = coalesce(:warnings, warnings), 
    set_aside = CASE WHEN :setAside IS NULL THEN set_aside ELSE nullif(:setAside, 'null') END, error = :error
    WHERE job_id = :jobId AND ordinal = :ordinal`,
  addFile: `INSERT INTO files (job_id, ordinal, seq, key, state) VALUES (:jobId, :ordinal, :seq, :key, 'intended')
    ON CONFLICT (job_id, ordinal, seq) DO UPDATE SET key = :key, state = 'intended',
      upload_id = NULL, rows = NULL, bytes = NULL, checksum = NULL, csv_bytes = NULL,
      confirmed = NULL, parts = NULL, strays = NULL WHERE state = 'removed'`,
  setFile: `UPDATE files SET state = :state, upload_id = coalesce(:uploadId, upload_id),
    rows = coalesce(:rows, rows), bytes = coalesce(:bytes, bytes), checksum = coalesce(:checksum, checksum),
    csv_bytes = coalesce(:csvBytes, csv_bytes), confirmed = coalesce(:confirmed, confirmed),
    parts = coalesce(:parts, parts), strays = coalesce(:strays, strays)
    WHERE job_id = :jobId AND ordinal = :ordinal AND seq = :seq`,
  endJob: `UPDATE jobs SET state = :state, ended_at = :endedAt, error = :error WHERE job_id = :jobId`,
  setManifest: `UPDATE jobs SET manifest_key = coalesce(:key, manifest_key), manifest_state = :state,
    manifest_bytes = coalesce(:bytes, manifest_bytes), manifest_checksum = coalesce(:checksum, manifest_checksum)
    WHERE job_id = :jobId`,
  beginRemoval:
    'UPDATE jobs SET removal_started_at = coalesce(removal_started_at, :at) WHERE job_id = :jobId',
  fileRemoved: `UPDATE files SET removed_at = coalesce(removed_at, :at)
    WHERE job_id = :jobId AND ordinal = :ordinal AND seq = :seq`,
  manifestRemoved:
    'UPDATE jobs SET manifest_removed_at = coalesce(manifest_removed_at, :at) WHERE job_id = :jobId',
  endRemoval: 'UPDATE jobs SET removed_at = coalesce(removed_at, :at) WHERE job_id = :jobId',
  /** The newest other job that appended this content to the same directory, and of which all is still there. */
  appended: `SELECT j.job_id, j.started_at
    FROM objects o JOIN jobs j USING (job_id) JOIN jobs k ON ${placeOf('j')} = ${placeOf('k')}
    WHERE k.job_id = :jobId AND o.content_hash = :contentHash AND o.state = 'completed' AND o.rows > 0 AND j.job_id <> :jobId
      AND o.directory = (SELECT directory FROM objects WHERE job_id = :jobId AND ordinal = :ordinal)
      AND NOT EXISTS (SELECT 1 FROM files f
        WHERE f.job_id = o.job_id AND f.ordinal = o.ordinal AND f.removed_at IS NOT NULL)
    ORDER BY j.started_at DESC LIMIT 1`,
  addLeftUpload: 'INSERT OR REPLACE INTO left_uploads VALUES (:jobId, :key, :uploadId)',
  addLostUpload: 'INSERT OR REPLACE INTO lost_uploads VALUES (:jobId, :key)',
  forgetLostOfFile: 'UPDATE files SET strays = 0 WHERE job_id = :jobId AND key = :key AND strays = 1',
  forgetLostUpload: 'DELETE FROM lost_uploads WHERE job_id = :jobId AND key = :key',
  forgetUploadOfFile: `UPDATE files SET upload_id = NULL
    WHERE job_id = :jobId AND key = :key AND upload_id = :uploadId`,
  forgetLeftUpload: 'DELETE FROM left_uploads WHERE job_id = :jobId AND key = :key AND upload_id = :uploadId',
  /** Uploads whose end is not recorded, of whatever job that wrote to that place. */
  openUploads: `
    SELECT f.job_id, f.key, f.upload_id FROM files f JOIN jobs j USING (job_id)
      WHERE f.upload_id IS NOT NULL AND f.state IN ('uploading', 'uploaded', 'committing')
        AND ${placeOf('j')} = ${placeOf(undefined)}
    UNION SELECT l.job_id, l.key, l.upload_id FROM left_uploads l JOIN jobs j USING (job_id)
      WHERE ${placeOf('j')} = ${placeOf(undefined)}
    ORDER BY key, upload_id`,
  /** Keys of which there may be an upload that nobody knows the id of. */
  lostUploads: `
    SELECT f.job_id, f.key FROM files f JOIN jobs j USING (job_id)
      WHERE f.strays = 1 AND ${placeOf('j')} = ${placeOf(undefined)}
    UNION SELECT l.job_id, l.key FROM lost_uploads l JOIN jobs j USING (job_id)
      WHERE ${placeOf('j')} = ${placeOf(undefined)}
    ORDER BY key`,
  /** The same two of one job, the second kind without an id. */
  leftOfJob: `
    SELECT key, upload_id FROM files WHERE job_id = :jobId AND upload_id IS NOT NULL
      AND state IN ('uploading', 'uploaded', 'committing')
    UNION SELECT key, upload_id FROM left_uploads WHERE job_id = :jobId
    UNION SELECT key, NULL FROM files WHERE job_id = :jobId AND strays = 1
    UNION SELECT key, NULL FROM lost_uploads WHERE job_id = :jobId
    ORDER BY key, upload_id`,
  /** The job that a key belongs to. Its name holds the first letters of the id, which the index can use. */
  jobOfKey: `SELECT f.job_id FROM files f JOIN jobs j USING (job_id)
    WHERE f.job_id BETWEEN :first AND :first || '~' AND f.key = :key AND ${placeOf('j')} = ${placeOf(undefined)}`,
  /** A job that was resumed has a pause in its time. */
  lastLargeJob: `SELECT sum(f.bytes) AS bytes,
      (julianday(j.ended_at) - julianday(j.started_at)) * 86400 AS seconds
    FROM jobs j JOIN files f USING (job_id)
    WHERE j.state = 'completed' AND j.ended_at > j.started_at AND ${placeOf('j')} = ${placeOf(undefined)}
      AND NOT EXISTS (SELECT 1 FROM resumes r WHERE r.job_id = j.job_id)
    GROUP BY j.job_id HAVING sum(f.bytes) >= 16777216 ORDER BY j.started_at DESC LIMIT 1`,
  manifest: `SELECT manifest_key, manifest_state, manifest_bytes, manifest_checksum, manifest_removed_at
    FROM jobs WHERE job_id = :jobId AND manifest_key IS NOT NULL AND manifest_state IS NOT NULL`,
  job: 'SELECT * FROM jobs WHERE job_id = :jobId',
  resumes: 'SELECT resumed_at FROM resumes WHERE job_id = :jobId ORDER BY rowid',
  objects: 'SELECT * FROM objects WHERE job_id = :jobId ORDER BY ordinal',
  files: 'SELECT * FROM files WHERE job_id = :jobId ORDER BY ordinal, seq',
  summary: summaryOf('WHERE job_id = :jobId'),
  summaries: summaryOf('ORDER BY started_at DESC, rowid DESC'),
} as const;

export type Query = keyof typeof sql;
