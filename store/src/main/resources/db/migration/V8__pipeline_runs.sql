-- What a run is called, what of it is cancelled by itself, and which job started it.
ALTER TABLE pipeline ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE pipeline ADD COLUMN on_new_commit TEXT NOT NULL DEFAULT 'conservative';
ALTER TABLE pipeline ADD COLUMN on_job_failure INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pipeline ADD COLUMN parent BIGINT REFERENCES job (id);
CREATE UNIQUE INDEX pipeline_of_job ON pipeline (parent) WHERE parent IS NOT NULL;
CREATE INDEX pipeline_unfinished ON pipeline (project, ref, id) WHERE finished_at IS NULL;

-- What a job was played with, and which group's slot it needs.
ALTER TABLE job ADD COLUMN given TEXT NOT NULL DEFAULT '{}';
ALTER TABLE job ADD COLUMN resource_group TEXT;
CREATE INDEX job_of_group ON job (resource_group, id)
  WHERE resource_group IS NOT NULL AND newest = 1 AND finished_at IS NULL;

-- Of the jobs of a group one is under way at a time. The slot is free when its holder has ended.
CREATE TABLE resource_group (
  project TEXT NOT NULL REFERENCES project (name),
  name    TEXT NOT NULL,
  mode    TEXT NOT NULL,
  holder  BIGINT REFERENCES job (id),
  PRIMARY KEY (project, name)
);
