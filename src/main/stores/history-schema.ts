/** The tables of the history database, as they grew: each step leads from one format to the next. */

const firstTables = `
  CREATE TABLE jobs (
    job_id TEXT PRIMARY KEY,
    pipeline TEXT NOT NULL,
    definition TEXT NOT NULL,
    destination TEXT NOT NULL,
    database TEXT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
      ('running', 'completed', 'completed_with_failures', 'failed', 'cancelled', 'interrupted')),
    started_at TEXT NOT NULL,
    snapshot_at TEXT,
    ended_at TEXT,
    error TEXT
  ) STRICT;
  CREATE INDEX jobs_by_start ON jobs (started_at);
  CREATE TABLE resumes (
    job_id TEXT NOT NULL REFERENCES jobs,
    resumed_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX resumes_by_job ON resumes (job_id);
  CREATE TABLE objects (
    job_id TEXT NOT NULL REFERENCES jobs,
    ordinal INTEGER NOT NULL,
    schema TEXT,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
      ('pending', 'running', 'completed', 'failed', 'cancelled', 'interrupted')),
    rows INTEGER NOT NULL CHECK (rows >= 0),
    query TEXT,
    warnings TEXT,
    error TEXT,
    PRIMARY KEY (job_id, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE files (
    job_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
      ('intended', 'uploading', 'uploaded', 'committing', 'committed', 'removed')),
    upload_id TEXT,
    rows INTEGER CHECK (rows >= 0),
    bytes INTEGER CHECK (bytes >= 0),
    checksum TEXT,
    PRIMARY KEY (job_id, ordinal, seq),
    UNIQUE (job_id, key),
    FOREIGN KEY (job_id, ordinal) REFERENCES objects
  ) STRICT, WITHOUT ROWID;
`;

/** What makes a receipt a proof, what removes a job's data again, and uploads that could not be aborted. */
const proof = `
  ALTER TABLE jobs ADD COLUMN source_version TEXT;
  ALTER TABLE jobs ADD COLUMN forced INTEGER NOT NULL DEFAULT 0 CHECK (forced IN (0, 1));
  ALTER TABLE jobs ADD COLUMN manifest_key TEXT;
  ALTER TABLE jobs ADD COLUMN manifest_state TEXT CHECK (manifest_state IN ('committing', 'committed', 'removed'));
  ALTER TABLE jobs ADD COLUMN manifest_bytes INTEGER CHECK (manifest_bytes >= 0);
  ALTER TABLE jobs ADD COLUMN manifest_checksum TEXT;
  ALTER TABLE jobs ADD COLUMN manifest_removed_at TEXT;
  ALTER TABLE jobs ADD COLUMN removal_started_at TEXT;
  ALTER TABLE jobs ADD COLUMN removed_at TEXT;
  ALTER TABLE objects ADD COLUMN directory TEXT;
  ALTER TABLE objects ADD COLUMN read_from TEXT;
  ALTER TABLE objects ADD COLUMN read_to TEXT;
  ALTER TABLE objects ADD COLUMN content_hash TEXT;
  CREATE INDEX objects_by_content ON objects (content_hash) WHERE content_hash IS NOT NULL;
  ALTER TABLE files ADD COLUMN csv_bytes INTEGER CHECK (csv_bytes >= 0);
  ALTER TABLE files ADD COLUMN confirmed TEXT CHECK (confirmed IN ('checksum', 'size', 'nothing'));
  ALTER TABLE files ADD COLUMN removed_at TEXT;
  CREATE TABLE left_uploads (
    job_id TEXT NOT NULL REFERENCES jobs,
    key TEXT NOT NULL,
    upload_id TEXT NOT NULL,
    PRIMARY KEY (job_id, key, upload_id)
  ) STRICT, WITHOUT ROWID;
`;

/** What completes an upload after a crash, and tells which snapshot an object was read from. */
const rollForward = `
  ALTER TABLE files ADD COLUMN parts TEXT;
  ALTER TABLE objects ADD COLUMN snapshot_at TEXT;
`;

/** Rows of a file that did not fit, and the report that holds them. */
const setAside = `
  ALTER TABLE objects ADD COLUMN set_aside TEXT;
`;

/** How a load was carried out. */
const usedOptions = `
  ALTER TABLE jobs ADD COLUMN options TEXT;
`;

/** Uploads that may exist, though nobody heard their ids. `strays` is null in files that older versions recorded. */
const lostAnswers = `
  ALTER TABLE files ADD COLUMN strays INTEGER CHECK (strays IN (0, 1));
  CREATE TABLE lost_uploads (
    job_id TEXT NOT NULL REFERENCES jobs,
    key TEXT NOT NULL,
    PRIMARY KEY (job_id, key)
  ) STRICT, WITHOUT ROWID;
`;

const steps = [firstTables, proof, rollForward, setAside, usedOptions, lostAnswers];

/** The format that this version writes, kept in the file as `user_version`; an empty file has 0. */
export const historyVersion = steps.length;

/** What brings a file of an older format to {@link historyVersion}, in order. */
export const migrationsFrom = (version: number): readonly string[] => steps.slice(version);
