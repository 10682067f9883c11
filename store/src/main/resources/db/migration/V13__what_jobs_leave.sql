-- How the script ended that a deploy ran for its job, and what it left. The job takes it over when
-- its deploy has ended.
CREATE TABLE script_end (
  deploy         BIGINT  PRIMARY KEY REFERENCES deploy (id),
  exit_code      INTEGER NOT NULL,
  failure_reason TEXT    NOT NULL,
  message        TEXT    NOT NULL,
  artifacts      ${bytes} NOT NULL,
  dotenv         TEXT    NOT NULL
);

-- When what a job left is dropped, and how far that is: there, dropping, dropped.
ALTER TABLE job ADD COLUMN artifacts_expire_at TEXT;
ALTER TABLE job ADD COLUMN artifacts_state TEXT NOT NULL DEFAULT 'there';
CREATE INDEX job_expiring ON job (artifacts_expire_at) WHERE artifacts_expire_at IS NOT NULL;
CREATE INDEX job_dropping ON job (id) WHERE artifacts_state = 'dropping';
CREATE INDEX pipeline_of_ref ON pipeline (project, ref, id);

-- The part of its repository that a project is; empty for all of it.
ALTER TABLE project ADD COLUMN directory TEXT NOT NULL DEFAULT '';
