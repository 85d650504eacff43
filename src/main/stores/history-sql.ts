/** What is said to the history database. The tables are made in history-file.ts. */

const summaryOf = (from: string): string => `
  SELECT job_id, pipeline, state, started_at, ended_at,
    (SELECT coalesce(sum(o.rows), 0) FROM objects o
      WHERE o.job_id = jobs.job_id AND o.state = 'completed') AS rows,
    (SELECT count(*) FROM files f JOIN objects o USING (job_id, ordinal)
      WHERE f.job_id = jobs.job_id AND o.state = 'completed' AND f.state = 'committed') AS files
  FROM jobs ${from}`;

/** One statement each; a write meets exactly one record, or it is a fault. */
export const sql = {
  beginJob: `INSERT INTO jobs (job_id, pipeline, definition, destination, database, version, state, started_at)
    VALUES (:jobId, :name, :definition, :destination, :database, :version, 'running', :startedAt)`,
  beginObject: `INSERT INTO objects (job_id, ordinal, schema, name, path, state, rows)
    VALUES (:jobId, :ordinal, :schema, :name, :path, 'pending', 0)`,
  setSnapshot: 'UPDATE jobs SET snapshot_at = :at WHERE job_id = :jobId',
  runAgain: `UPDATE jobs SET state = 'running', ended_at = NULL, error = NULL WHERE job_id = :jobId`,
  addResume: 'INSERT INTO resumes (job_id, resumed_at) VALUES (:jobId, :at)',
  setObject: `UPDATE objects SET state = :state, rows = coalesce(:rows, rows), query = coalesce(:query, query),
    warnings = coalesce(:warnings, warnings), error = :error WHERE job_id = :jobId AND ordinal = :ordinal`,
  addFile: `INSERT INTO files (job_id, ordinal, seq, key, state) VALUES (:jobId, :ordinal, :seq, :key, 'intended')
    ON CONFLICT (job_id, ordinal, seq) DO UPDATE SET key = :key, state = 'intended',
      upload_id = NULL, rows = NULL, bytes = NULL, checksum = NULL WHERE state = 'removed'`,
  setFile: `UPDATE files SET state = :state, upload_id = coalesce(:uploadId, upload_id),
    rows = coalesce(:rows, rows), bytes = coalesce(:bytes, bytes), checksum = coalesce(:checksum, checksum)
    WHERE job_id = :jobId AND ordinal = :ordinal AND seq = :seq`,
  endJob: `UPDATE jobs SET state = :state, ended_at = :endedAt, error = :error WHERE job_id = :jobId`,
  job: 'SELECT * FROM jobs WHERE job_id = :jobId',
  resumes: 'SELECT resumed_at FROM resumes WHERE job_id = :jobId ORDER BY rowid',
  objects: 'SELECT * FROM objects WHERE job_id = :jobId ORDER BY ordinal',
  files: 'SELECT * FROM files WHERE job_id = :jobId ORDER BY ordinal, seq',
  summary: summaryOf('WHERE job_id = :jobId'),
  summaries: summaryOf('ORDER BY started_at DESC, rowid DESC'),
} as const;

export type Query = keyof typeof sql;
